import { useQuery } from "@tanstack/react-query";

import { ErrorText } from "@/components/ui/ErrorPanel";
import { Facts } from "@/components/ui/Page";
import { Ago } from "@/components/ui/Time";
import type { Service, ServiceModel } from "@/data/schema";
import { modelVersionQuery } from "@/data/services";
import { servedVersion } from "@/lib/modelInput";
import { t } from "@/texts";

interface Props {
  service: Service;
  model: ServiceModel;
}

/** The model version that is served, and the run that made it. */
export function ModelBehind({ service, model }: Props) {
  const version = servedVersion(service.status.model_uri) ?? model.version ?? null;
  const query = useQuery({ ...modelVersionQuery(service.project, model.name, version ?? ""), enabled: version !== null });
  const asked = model.alias ? `@${model.alias}` : model.version ? t.services.version(model.version) : t.services.newestVersion;
  return (
    <>
      <Facts
        facts={[
          [t.services.model, <span className="font-medium">{model.name}</span>],
          [t.services.asked, asked],
          [t.services.served, version === null ? t.services.notYet : t.services.version(version)],
          [t.services.run, query.data?.run_id ? <code>{query.data.run_id}</code> : "–"],
          [t.services.registered, query.data ? <><Ago at={query.data.created_at} /> {query.data.user && t.services.by(query.data.user)}</> : "–"],
        ]}
      />
      <ErrorText error={query.error} />
    </>
  );
}
