import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { allProjectsQuery } from "@/data/admin";
import type { ProjectEntry } from "@/data/schema";
import { formatBytes } from "@/lib/format";
import { heldWords } from "@/lib/holdings";
import { t } from "@/texts";

export function AllProjectsPage() {
  const { q = "" } = useSearch({ from: "/admin/projects" });
  const navigate = useNavigate({ from: "/admin/projects" });
  const query = useInfiniteQuery(allProjectsQuery(q));
  return (
    <Page title={t.shell.allProjects}>
      <FilterInput label={t.admin.filterProjects} value={q} onChange={(next) => void navigate({ search: { q: next || undefined }, replace: true })} />
      <Loaded query={query}>
        {(projects) => (
          <>
            {projects.length === 0 ? <p>{t.common.noHits}</p> : <Projects projects={projects} />}
            <MoreButton query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const nameOf = ({ project: { name, title, state } }: ProjectEntry) => (
  <>
    {state === "active" ? <Link to="/projects/$project" params={{ project: name }} className="font-medium hover:underline">{name}</Link> : <span className="font-medium">{name}</span>}
    {state === "deleting" && <span className="ml-2"><Status state="stopping" label={t.admin.deleting} /></span>}
    {title && <span className="block text-sm text-muted">{title}</span>}
  </>
);

const ownersOf = ({ owners }: ProjectEntry) => (owners.length > 0 ? owners.join(", ") : <span className="text-muted">{t.admin.noOwner}</span>);

function Projects({ projects }: { projects: ProjectEntry[] }) {
  return (
    <Table
      label={t.shell.allProjects}
      rows={projects}
      rowKey={({ project }) => project.name}
      columns={[
        { head: t.projects.name, cell: nameOf },
        { head: t.admin.owners, cell: ownersOf },
        { head: t.shell.members, cell: ({ counts }) => counts.members, numeric: true, wide: true },
        { head: t.admin.holds, cell: ({ counts }) => heldWords(counts).join(", ") || <span className="text-muted">{t.admin.nothingHeld}</span>, wide: true },
        { head: t.admin.storage, cell: (each) => <span className="whitespace-nowrap">{formatBytes(each.storage_bytes)}</span>, numeric: true },
        { head: t.projects.created, cell: ({ project }) => <Ago at={project.created_at} />, wide: true },
      ]}
    />
  );
}
