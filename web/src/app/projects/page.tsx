import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { projectsQuery } from "@/data/projects";
import { t } from "@/texts";

import { NewProjectDialog } from "./NewProjectDialog";

export function ProjectsPage() {
  const query = useInfiniteQuery(projectsQuery);
  const create = <NewProjectDialog trigger={<Button look="primary"><Plus size={16} aria-hidden />{t.projects.create}</Button>} />;
  return (
    <Page title={t.projects.title} actions={create}>
      <Loaded query={query}>
        {(projects) =>
          projects.length === 0 ? (
            <Empty action={create} code="mllab project create demo">{t.projects.empty}</Empty>
          ) : (
            <>
              <Table
                label={t.projects.title}
                rows={projects}
                rowKey={(project) => project.name}
                columns={[
                  { head: t.projects.name, cell: (project) => <span className="font-medium">{project.name}</span> },
                  { head: t.projects.titleField, cell: (project) => project.title || project.description, wide: true },
                  { head: t.projects.created, cell: (project) => <Ago at={project.created_at} />, wide: true },
                ]}
              />
              {query.hasNextPage && <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.common.more}</Button>}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
