import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { columnsQuery } from "@/data/runs";
import type { Column } from "@/data/schema";
import { askedAt } from "@/lib/runCompletion";

const REST_MS = 150;

/** The keys of an experiment that a search may name: those the page knows, and where there are more, those that begin as what is written at the caret. */
export function useKeys(project: string, experiment: string, typed: string, caret: number, wants: boolean): Column[] {
  const known = useQuery(columnsQuery(project, experiment, "")).data;
  const isCut = known !== undefined && known.total > known.items.length;
  const asked = useRested(isCut && wants ? JSON.stringify(askedAt(typed, caret)) : "null");
  const { q, kind } = (JSON.parse(asked) as ReturnType<typeof askedAt>) ?? { q: "" };
  const found = useQuery({ ...columnsQuery(project, experiment, q, kind), enabled: asked !== "null" }).data;
  const first = known?.items ?? [];
  if (found === undefined) return first;
  const names = new Set(first.map(nameOf));
  return [...first, ...found.items.filter((each) => !names.has(nameOf(each)))];
}

const nameOf = ({ kind, key }: Column): string => `${kind}.${key}`;

/** What `value` is once it has not changed for a moment. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
