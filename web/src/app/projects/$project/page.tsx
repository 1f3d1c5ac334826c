import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Page } from "@/components/ui/Page";
import { projectQuery } from "@/data/projects";

export function ProjectPage() {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  return <Page title={project.title || project.name}>{project.description}</Page>;
}
