import { useQuery } from "@tanstack/react-query";

import { type FileAddress, previewQuery } from "@/data/files";
import type { FileVersion } from "@/data/schema";

import { PreviewPanel } from "../../preview/PreviewPanel";
import { PictureView } from "./PictureView";

/** The beginning of a version. */
export function FilePreview({ address, version }: { address: FileAddress; version: FileVersion }) {
  const query = useQuery(previewQuery(address, version.version));
  return <PreviewPanel query={query} label={address.key} picture={<PictureView address={address} version={version} />} from={2} />;
}
