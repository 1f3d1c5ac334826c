import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useEffect } from "react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { projectsQuery } from "@/data/projects";
import type { Project } from "@/data/schema";
import { t } from "@/texts";

import { NewProjectDialog } from "./NewProjectDialog";

export function ProjectsPage() {
  const query = useInfiniteQuery(projectsQuery);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage(); // one's own are few; the filter sees all
  }, [hasNextPage, isFetching, fetchNextPage]);
  const { q = "" } = useSearch({ from: "/projects" });
  const navigate = useNavigate({ from: "/projects" });
  const setQ = (next: string) => void navigate({ search: { q: next || undefined }, replace: true });
  const create = <NewProjectDialog trigger={<Button look="primary"><Plus size={16} aria-hidden />{t.projects.create}</Button>} />;
  return (
    <Page title={t.projects.title} actions={create}>
      <Loaded query={query}>
        {(projects) =>
          projects.length === 0 ? (
            <Empty action={create} code="mllab project create demo">{t.projects.empty}</Empty>
          ) : (
            <>
              <FilterInput label={t.projects.filter} value={q} onChange={setQ} />
              <Projects projects={projects.filter((project) => matches(project, q))} onClear={() => setQ("")} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

const matches = (project: Project, q: string): boolean =>
  q.toLowerCase().split(/\s+/).every((word) => `${project.name} ${project.title} ${project.description}`.toLowerCase().includes(word));

function Projects({ projects, onClear }: { projects: Project[]; onClear: () => void }) {
  if (projects.length === 0) return <p className="flex items-center gap-3">{t.common.noHits}<Button onClick={onClear}>{t.common.clearFilters}</Button></p>;
  return (
    <Table
      label={t.projects.title}
      rows={projects}
      rowKey={(project) => project.name}
      columns={[
        { head: t.projects.name, cell: (project) => <Link to="/projects/$project" params={{ project: project.name }} className="font-medium hover:underline">{project.name}</Link> },
        { head: t.projects.titleField, cell: (project) => project.title || project.description, wide: true },
        { head: t.members.role, cell: (project) => (project.role ? t.members.roles[project.role] : t.common.none) },
        { head: t.projects.created, cell: (project) => <Ago at={project.created_at} />, wide: true },
      ]}
    />
  );
}
