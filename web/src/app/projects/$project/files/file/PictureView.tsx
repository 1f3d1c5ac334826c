import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { type FileAddress, pictureQuery } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { formatBytes } from "@/lib/format";
import { t } from "@/texts";

const words = t.files;
const MOST_BYTES = 20_000_000;

/** An address of a blob while it is shown. */
function useAddressOf(blob: Blob): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made); // eslint-disable-line react-hooks/set-state-in-effect -- made and freed as a pair
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

function Picture({ blob, name }: { blob: Blob; name: string }) {
  const url = useAddressOf(blob);
  return url === undefined ? null : <img src={url} alt={words.picture(name)} className="max-h-[70dvh] max-w-full rounded-md border border-line bg-white object-contain" />;
}

/** A picture, from its bytes: within an image nothing runs, not even in SVG. */
export function PictureView({ address, version }: { address: FileAddress; version: FileVersion }) {
  const isLarge = version.size_bytes > MOST_BYTES;
  const query = useQuery({ ...pictureQuery(address, version.version, version.content_type), enabled: !isLarge });
  if (isLarge) return <Empty>{words.tooLargePicture(formatBytes(MOST_BYTES))}</Empty>;
  return <Loaded query={query}>{(blob) => <Picture blob={blob} name={address.key} />}</Loaded>;
}
