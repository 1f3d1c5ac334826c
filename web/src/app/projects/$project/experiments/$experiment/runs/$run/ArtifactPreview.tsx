import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";

import { AnchorButton } from "@/components/ui/Button";
import { artifactPreviewQuery, runArtifactUrl } from "@/data/runs";
import type { Run } from "@/data/schema";
import { t } from "@/texts";

import { PreviewPanel } from "../../../../preview/PreviewPanel";

/** A look into one artifact, as far as a browser can show it harmlessly, and the way to have it whole. */
export function ArtifactPreview({ run, path }: { run: Run; path: string }) {
  const url = runArtifactUrl(run.project, run.id, path);
  const query = useQuery(artifactPreviewQuery(run.project, run.id, path));
  const picture = <img src={url} alt={path} className="max-h-[70dvh] max-w-full rounded-md border border-line bg-white object-contain" />;
  return (
    <section aria-label={path} className="min-w-0 rounded-lg border border-line bg-surface p-3">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 className="min-w-0 flex-1 font-medium break-all">{path}</h2>
        <AnchorButton href={url} download><Download size={16} aria-hidden />{t.experiments.download}</AnchorButton>
      </div>
      <PreviewPanel query={query} label={path} picture={picture} from={3} />
    </section>
  );
}
