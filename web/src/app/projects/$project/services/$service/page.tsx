import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { serviceQuery } from "@/data/services";

export function ServicePage() {
  const { project, service: name } = useParams({ from: "/projects/$project/services/$service" });
  const query = useQuery(serviceQuery(project, name));
  return (
    <Page title={name} beside={query.data && <Status state={query.data.status.state} />}>
      <Loaded query={query}>{(service) => <p>{service.status.reason}</p>}</Loaded>
    </Page>
  );
}
