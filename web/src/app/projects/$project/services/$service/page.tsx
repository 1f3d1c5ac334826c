import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";

import { AnchorButton } from "@/components/ui/Button";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Skeleton } from "@/components/ui/Skeleton";
import { Status } from "@/components/ui/Status";
import { TabLinks } from "@/components/ui/Tabs";
import { mayEdit, projectQuery } from "@/data/projects";
import type { Service } from "@/data/schema";
import { serviceQuery, serviceUrl } from "@/data/services";
import { t } from "@/texts";

import { type Tab, TABS } from "../tabs";
import { Controls } from "./Controls";
import { Overview } from "./Overview";

const Logs = lazy(async () => ({ default: (await import("./Logs")).Logs }));
const Traffic = lazy(async () => ({ default: (await import("./Traffic")).Traffic }));
const TryIt = lazy(async () => ({ default: (await import("./TryIt")).TryIt }));
const ApiDoc = lazy(async () => ({ default: (await import("./ApiDoc")).ApiDoc }));
const Keys = lazy(async () => ({ default: (await import("./Keys")).Keys }));

function shown(tab: Tab, service: Service, edits: boolean): ReactNode {
  switch (tab) {
    case "overview": return <Overview service={service} edits={edits} />;
    case "logs": return <Logs service={service} />;
    case "traffic": return <Traffic service={service} />;
    case "try": return <TryIt service={service} />;
    case "api": return <ApiDoc service={service} />;
    case "keys": return edits ? <Keys service={service} /> : <p className="text-muted">{t.services.keysOfEditors}</p>;
  }
}

/** One service: how it is, what it said, how it is used, calling it. */
export function ServicePage() {
  const { project, service: name } = useParams({ from: "/projects/$project/services/$service" });
  const { tab = "overview" } = useSearch({ from: "/projects/$project/services/$service" });
  const { data: record } = useSuspenseQuery(projectQuery(project));
  const query = useQuery(serviceQuery(project, name));
  const edits = mayEdit(record);
  const tabs = TABS.filter((each) => edits || each !== "keys");
  const actions = query.data && (
    <>
      <AnchorButton href={serviceUrl(query.data)} target="_blank" rel="noreferrer"><ExternalLink size={14} aria-hidden />{t.services.open}</AnchorButton>
      {edits && <Controls service={query.data} />}
    </>
  );
  return (
    <Page title={name} beside={query.data && <Status state={query.data.status.state} />} actions={actions}>
      <TabLinks
        label={t.services.parts}
        tabs={tabs.map((each) => ({
          label: t.services.tabs[each],
          active: each === tab,
          link: { to: "/projects/$project/services/$service", params: { project, service: name }, search: { tab: each === "overview" ? undefined : each } },
        }))}
      />
      <Loaded query={query}>{(service) => <Suspense fallback={<Skeleton rows={6} />}>{shown(tab, service, edits)}</Suspense>}</Loaded>
    </Page>
  );
}
