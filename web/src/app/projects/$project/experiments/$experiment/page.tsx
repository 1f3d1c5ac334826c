import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Markdown } from "@/components/markdown/Markdown";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { experimentQuery } from "@/data/experiments";
import { mayEdit, projectQuery } from "@/data/projects";
import { columnsQuery } from "@/data/runs";
import type { Experiment } from "@/data/schema";
import { t } from "@/texts";

import { ExperimentActions } from "../ExperimentActions";
import { Runs } from "./Runs";

export function ExperimentPage() {
  const { project: name, experiment: id } = useParams({ from: "/projects/$project/experiments/$experiment" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const query = useQuery(experimentQuery(name, id));
  const columns = useQuery(columnsQuery(name, id, ""));
  return (
    <Page
      title={query.data?.name ?? t.experiments.experiment}
      beside={query.data?.lifecycle === "deleted" && <span className="rounded-md bg-off-bg px-2 py-1 text-xs text-off">{t.experiments.deleted}</span>}
      actions={query.data && mayEdit(project) && <ExperimentActions experiment={query.data} look="plain" />}
    >
      <Loaded query={query}>
        {(experiment) => (
          <>
            <Note experiment={experiment} />
            <Loaded query={columns}>{(seen) => <Runs project={name} experiment={id} seen={seen.items} edits={mayEdit(project)} />}</Loaded>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Note({ experiment }: { experiment: Experiment }) {
  const note = experiment.tags["mlflow.note.content"];
  return note ? <Markdown text={note} from={2} className="mb-4 max-w-prose whitespace-pre-line text-muted" /> : null;
}
