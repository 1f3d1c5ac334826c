import { useInfiniteQuery } from "@tanstack/react-query";

import type { FileAddress } from "@/data/files";
import { usesQuery } from "@/data/uses";
import { dependents } from "@/lib/dependents";
import { t } from "@/texts";

/** Who is defined by the file and fails without it; nothing when that is nobody. */
export function Dependents({ address }: { address: FileAddress }) {
  const { data: uses = [] } = useInfiniteQuery(usesQuery(address));
  const { names, more } = dependents(uses);
  if (names.length === 0) return null;
  return <p className="mt-2 font-medium break-words text-bad">{t.files.used.breaks(names, more)}</p>;
}
