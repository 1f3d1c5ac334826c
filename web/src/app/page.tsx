import { Page } from "@/components/ui/Page";
import { t } from "@/texts";

export function HomePage() {
  return <Page title={t.home.title}>{null}</Page>;
}
