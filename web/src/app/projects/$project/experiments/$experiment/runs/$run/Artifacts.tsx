import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronDown, ChevronRight, File, Folder } from "lucide-react";
import { useState } from "react";

import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Skeleton } from "@/components/ui/Skeleton";
import { runArtifactsQuery } from "@/data/runs";
import type { Artifact, Run } from "@/data/schema";
import { cx } from "@/lib/cx";
import { formatBytes } from "@/lib/format";
import { t } from "@/texts";

import { ArtifactPreview } from "./ArtifactPreview";

const HERE = "/projects/$project/experiments/$experiment/runs/$run";

interface LevelProps {
  run: Run;
  folder: string;
  chosen: string | undefined;
  onChoose: (path: string) => void;
}

const lastPart = (path: string): string => path.split("/").at(-1) ?? path;

/** A folder's content; folders are asked for when they are opened. */
function Level({ run, folder, chosen, onChoose }: LevelProps) {
  const query = useQuery(runArtifactsQuery(run.project, run.id, folder));
  return (
    <Loaded query={query} skeleton={<Skeleton rows={2} />}>
      {(artifacts) =>
        artifacts.length === 0 && folder === "" ? (
          <Empty code={'mlflow.log_artifact("plot.png")'}>{t.experiments.noArtifacts}</Empty>
        ) : (
          <ul className={cx(folder !== "" && "ml-3 border-l border-line pl-1")}>
            {artifacts.map((each) => <Entry key={each.path} artifact={each} run={run} chosen={chosen} onChoose={onChoose} />)}
          </ul>
        )
      }
    </Loaded>
  );
}

function Entry({ artifact, run, chosen, onChoose }: { artifact: Artifact } & Omit<LevelProps, "folder">) {
  const [open, setOpen] = useState(chosen?.startsWith(`${artifact.path}/`) ?? false);
  const { path, is_folder: isFolder } = artifact;
  const Arrow = open ? ChevronDown : ChevronRight;
  const isChosen = chosen === path;
  return (
    <li>
      <button
        type="button"
        aria-expanded={isFolder ? open : undefined}
        aria-current={isChosen || undefined}
        onClick={() => (isFolder ? setOpen(!open) : onChoose(path))}
        className={cx("flex min-h-8 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-hover pointer-coarse:min-h-11", isChosen && "bg-selected")}
      >
        {isFolder ? <><Arrow size={14} aria-hidden className="shrink-0 text-muted" /><Folder size={14} aria-hidden className="shrink-0 text-muted" /></> : <File size={14} aria-hidden className="ml-5.5 shrink-0 text-muted" />}
        <span className="min-w-0 flex-1 truncate" title={path}>{lastPart(path)}</span>
        {artifact.size_bytes != null && <span className="text-sm text-muted tabular-nums">{formatBytes(artifact.size_bytes)}</span>}
      </button>
      {isFolder && open && <Level run={run} folder={path} chosen={chosen} onChoose={onChoose} />}
    </li>
  );
}

/** What a run left behind: the tree, and a look into one file. */
export function Artifacts({ run }: { run: Run }) {
  const { path } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const choose = (next: string) => void navigate({ search: (old) => ({ ...old, path: next }), resetScroll: false });
  return (
    <div className="grid items-start gap-4 md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <div className={cx("min-w-0", path === undefined && "md:col-span-full md:max-w-2xl")}><Level run={run} folder="" chosen={path} onChoose={choose} /></div>
      {path !== undefined && <ArtifactPreview key={path} run={run} path={path} />}
    </div>
  );
}
