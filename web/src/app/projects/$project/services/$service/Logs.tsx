import { useMemo } from "react";

import { LogView } from "@/components/log/LogView";
import { serviceLog } from "@/data/logs";
import type { Service } from "@/data/schema";
import { t } from "@/texts";

export function Logs({ service: { project, name, status } }: { service: Service }) {
  const source = useMemo(() => serviceLog(project, name), [project, name]);
  const isLive = !["stopped", "succeeded", "failed"].includes(status.state);
  return <LogView source={source} label={t.services.logOf(name)} isLive={isLive} />;
}
