import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Markdown } from "@/components/markdown/Markdown";
import { Happenings } from "@/components/ui/Happenings";
import { Loaded } from "@/components/ui/Loaded";
import { Page, Section } from "@/components/ui/Page";
import { overviewQuery } from "@/data/overview";
import { mayEdit, projectQuery } from "@/data/projects";
import { isUntouched } from "@/lib/overview";
import { t } from "@/texts";

import { FirstSteps } from "./FirstSteps";
import { Tiles } from "./Tiles";

export function ProjectPage() {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const query = useQuery(overviewQuery(name));
  return (
    <Page title={project.title || project.name}>
      {project.description && <Markdown text={project.description} from={2} className="mb-4 max-w-prose whitespace-pre-line text-muted" />}
      <Loaded query={query}>
        {(overview) => (
          <>
            <Tiles overview={overview} />
            {isUntouched(overview) ? (
              mayEdit(project) && <FirstSteps project={name} />
            ) : (
              <div className="grid gap-x-6 lg:grid-cols-2">
                <Section title={t.project.runningNow}><Happenings happenings={overview.running} none={t.project.nothingRuns} /></Section>
                <Section title={t.project.recent}><Happenings happenings={overview.recent} none={t.project.nothing} /></Section>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
