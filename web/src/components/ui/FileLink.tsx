import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Props {
  project: string;
  kind: "datasets" | "models";
  fileKey: string;
  version?: number;
  children: ReactNode;
}

/** Leads to the page of a dataset or model (a file under a key). */
export function FileLink({ project, kind, fileKey, version, children }: Props) {
  const to = kind === "datasets" ? "/projects/$project/datasets/$" : "/projects/$project/models/$";
  return <Link to={to} params={{ project, _splat: fileKey }} search={{ version }}>{children}</Link>;
}
