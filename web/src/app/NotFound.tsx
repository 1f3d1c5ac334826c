import { Page } from "@/components/ui/Page";
import { LinkButton } from "@/components/ui/Button";
import { t } from "@/texts";

export function NotFound() {
  return (
    <Page title={t.common.notFound.title}>
      <p className="mb-4 text-muted">{t.common.notFound.text}</p>
      <LinkButton to="/">{t.common.notFound.home}</LinkButton>
    </Page>
  );
}
