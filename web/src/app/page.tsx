import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Happenings } from "@/components/ui/Happenings";
import { Loaded } from "@/components/ui/Loaded";
import { Page, Section } from "@/components/ui/Page";
import { Ago } from "@/components/ui/Time";
import { meQuery } from "@/data/me";
import { homeQuery } from "@/data/overview";
import type { Home } from "@/data/schema";
import { t } from "@/texts";

import { FirstSteps } from "./FirstSteps";
import { WorkspaceCard } from "./WorkspaceCard";

const SHOWN = 8;

export function HomePage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(homeQuery);
  return (
    <Page title={me.display_name ? t.home.hello(me.display_name) : t.home.title}>
      <Loaded query={query}>
        {(home) => (
          <>
            {home.workspace && <WorkspaceCard workspace={home.workspace} />}
            {home.projects.length === 0 ? <FirstSteps /> : <Lab home={home} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Lab({ home }: { home: Home }) {
  return (
    <div className="grid gap-x-6 lg:grid-cols-2">
      <div>
        <Section title={t.home.running}><Happenings happenings={home.running} none={t.home.nothingRuns} withProject /></Section>
        <Section title={t.home.failed}><Happenings happenings={home.failed.slice(0, SHOWN)} none={t.home.nothingFailed} withProject /></Section>
      </div>
      <div>
        <Section title={t.home.projects} actions={<Link to="/projects" className="text-accent hover:underline">{t.home.all}</Link>}><Recent projects={home.projects.slice(0, SHOWN)} /></Section>
        <Section title={t.home.recent}><Happenings happenings={home.recent.slice(0, SHOWN)} none={t.home.nothingRecent} withProject /></Section>
      </div>
    </div>
  );
}

function Recent({ projects }: { projects: Home["projects"] }) {
  return (
    <ul className="rounded-lg border border-line bg-surface">
      {projects.map(({ project, last_at }) => (
        <li key={project.name} className="border-b border-line last:border-0">
          <Link to="/projects/$project" params={{ project: project.name }} className="flex flex-wrap items-baseline gap-x-2 px-3 py-2 -outline-offset-2! hover:bg-hover">
            <span className="font-medium">{project.name}</span>
            <span className="min-w-0 truncate text-muted">{project.title}</span>
            <span className="ml-auto text-sm text-muted"><Ago at={last_at} /></span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
