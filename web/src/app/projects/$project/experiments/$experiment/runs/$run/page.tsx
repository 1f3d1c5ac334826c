import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { TabLinks } from "@/components/ui/Tabs";
import { mayEdit, projectQuery } from "@/data/projects";
import { runQuery } from "@/data/runs";
import type { Run } from "@/data/schema";
import { stateOf } from "@/lib/runStatus";
import { t } from "@/texts";

import { Charts } from "../../../charts/Charts";
import { RUN_TABS } from "../../../routes";
import { useExperimentTitle } from "../../../useExperimentTitle";
import { Artifacts } from "./Artifacts";
import { Overview } from "./Overview";
import { RunActions } from "./RunActions";
import { RunLog } from "./RunLog";

const HERE = "/projects/$project/experiments/$experiment/runs/$run";

export function RunPage() {
  const params = useParams({ from: HERE });
  const { tab = "overview" } = useSearch({ from: HERE });
  const { data: project } = useSuspenseQuery(projectQuery(params.project));
  const query = useQuery(runQuery(params.project, params.run));
  useExperimentTitle(params.project, params.experiment);
  const run = query.data;
  const edits = mayEdit(project);
  return (
    <Page
      title={run?.name || t.experiments.run}
      beside={run && <><Status state={stateOf(run.status)} />{run.lifecycle === "deleted" && <Status state="stopped" label={t.experiments.deleted} />}</>}
      actions={run && edits && <RunActions run={run} />}
    >
      <TabLinks
        label={t.experiments.run}
        tabs={RUN_TABS.filter((each) => each !== "log" || hasLog(run)).map((each) => ({
          label: t.experiments.tabs[each],
          link: { to: HERE, params, search: each === "overview" ? {} : { tab: each } },
          active: tab === each,
          count: each === "charts" && run ? Object.keys(run.metrics).length : undefined,
        }))}
      />
      <Loaded query={query}>
        {(its) => {
          if (tab === "artifacts") return <Artifacts run={its} />;
          if (tab === "charts") return <RunCharts run={its} />;
          if (tab === "log" && hasLog(its)) return <RunLog project={its.project} job={its.origin.name} number={its.origin.number} />;
          return <Overview run={its} edits={edits && its.lifecycle === "active"} />;
        }}
      </Loaded>
    </Page>
  );
}

type OfJobRun = Run & { origin: { name: string; number: number } };

/** Whether a job run began it, whose log tells of it. */
const hasLog = (run: Run | undefined): run is OfJobRun => run?.origin?.kind === "job" && run.origin.number != null;

function RunCharts({ run }: { run: Run }) {
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const runs = useMemo(() => [{ id: run.id, name: run.name }], [run.id, run.name]);
  return (
    <Charts
      project={run.project}
      runs={runs}
      metrics={Object.keys(run.metrics)}
      search={search}
      onSearch={(next) => void navigate({ search: { tab: "charts", ...next }, replace: true, resetScroll: false })}
    />
  );
}
