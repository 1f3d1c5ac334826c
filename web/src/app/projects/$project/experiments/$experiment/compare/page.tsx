import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { LinkButton } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { TabLinks } from "@/components/ui/Tabs";
import { compareQuery } from "@/data/runs";
import type { Comparison } from "@/data/schema";
import { t } from "@/texts";

import { Charts } from "../../charts/Charts";
import { useExperimentTitle } from "../../useExperimentTitle";
import { CompareTable } from "./CompareTable";

const HERE = "/projects/$project/experiments/$experiment/compare";
/** Lines that one chart can show apart. */
const MOST_LINES = 10;

export function ComparePage() {
  const params = useParams({ from: HERE });
  useExperimentTitle(params.project, params.experiment);
  const search = useSearch({ from: HERE });
  const ids = (search.runs ?? "").split(",").filter(Boolean);
  const query = useQuery({ ...compareQuery(params.project, ids, false), enabled: ids.length > 0 });
  const back = <LinkButton to="/projects/$project/experiments/$experiment" params={params} search={{ runs: ids.length > 0 ? ids : undefined }}>{t.experiments.otherRuns}</LinkButton>;
  return (
    <Page title={t.experiments.compareTitle} beside={<span className="text-muted tabular-nums">{t.experiments.count(ids.length, String(ids.length))}</span>} actions={back}>
      {ids.length === 0 ? (
        <Empty action={back}>{t.experiments.nothingToCompare}</Empty>
      ) : (
        <>
          <TabLinks
            label={t.experiments.compareTitle}
            tabs={[
              { label: t.experiments.values, link: { to: HERE, params, search: { runs: search.runs } }, active: search.tab === undefined },
              { label: t.experiments.tabs.charts, link: { to: HERE, params, search: { runs: search.runs, tab: "charts" } }, active: search.tab === "charts" },
            ]}
          />
          <Loaded query={query}>{(found) => (search.tab === "charts" ? <Overlaid project={params.project} found={found} /> : <CompareTable project={params.project} found={found} />)}</Loaded>
        </>
      )}
    </Page>
  );
}

function Overlaid({ project, found }: { project: string; found: Comparison }) {
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const runs = useMemo(() => found.runs.slice(0, MOST_LINES).map((run) => ({ id: run.id, name: run.name })), [found.runs]);
  return (
    <>
      {found.runs.length > MOST_LINES && <p className="mb-3 rounded-md bg-wait-bg px-3 py-2 text-wait">{t.experiments.tooManyLines(MOST_LINES)}</p>}
      <Charts
        project={project}
        runs={runs}
        metrics={found.items.filter((each) => each.kind === "metric").map((each) => each.key)}
        search={search}
        onSearch={(next) => void navigate({ search: { runs: search.runs, tab: "charts", ...next }, replace: true, resetScroll: false })}
      />
    </>
  );
}
