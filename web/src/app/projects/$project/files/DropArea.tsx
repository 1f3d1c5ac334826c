import { Upload } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";

import { type Chosen, filesOf } from "@/lib/dropped";
import { t } from "@/texts";

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** Files may be dropped anywhere on the page; says so while some are held over it. */
export function DropArea({ onDrop }: { onDrop: (chosen: Chosen[]) => void }) {
  const [over, setOver] = useState(false);
  const drop = useEffectEvent((transfer: DataTransfer) => void filesOf(transfer).then((chosen) => chosen.length > 0 && onDrop(chosen)));
  useEffect(() => {
    const end = new AbortController();
    const on = (name: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      addEventListener(name, (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        act(event);
      }, { signal: end.signal });
    on("dragenter", () => setOver(true));
    on("dragover", () => setOver(true));
    on("dragleave", (event) => event.relatedTarget === null && setOver(false));
    on("drop", (event) => {
      setOver(false);
      if (event.dataTransfer !== null) drop(event.dataTransfer);
    });
    return () => end.abort();
  }, []);
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-40 grid place-items-center bg-bg/80 p-6">
      <p className="flex items-center gap-3 rounded-lg border-2 border-dashed border-accent bg-surface px-8 py-6 text-lg font-semibold shadow-pop"><Upload size={20} aria-hidden />{t.files.drop}</p>
    </div>
  );
}
