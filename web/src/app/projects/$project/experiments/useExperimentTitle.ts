import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { experimentQuery } from "@/data/experiments";
import { keepTitle } from "@/lib/titles";

/** Name the experiment in the breadcrumbs of pages below it. */
export function useExperimentTitle(project: string, experiment: string): void {
  const { data } = useQuery(experimentQuery(project, experiment));
  const name = data?.name;
  useEffect(() => {
    if (name !== undefined) keepTitle(`/projects/${project}/experiments/${experiment}`, name);
  }, [project, experiment, name]);
}
