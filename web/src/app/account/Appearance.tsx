import { useState } from "react";

import { Section } from "@/components/ui/Page";
import { Select } from "@/components/ui/Select";
import { areKeysOn, setKeysOn } from "@/lib/shortcuts";
import { chosenTheme, setTheme } from "@/lib/theme";
import { t } from "@/texts";

const THEMES = [
  { value: "system", label: t.shell.system },
  { value: "light", label: t.shell.light },
  { value: "dark", label: t.shell.dark },
] as const;

/** How the web app looks and listens in this browser. */
export function Appearance() {
  const [theme, setShown] = useState<"system" | "light" | "dark">(chosenTheme() ?? "system");
  const [keys, setKeys] = useState(areKeysOn());
  const choose = (next: "system" | "light" | "dark") => {
    setShown(next);
    setTheme(next === "system" ? null : next);
  };
  const listen = (next: boolean) => {
    setKeys(next);
    setKeysOn(next);
  };
  return (
    <Section title={t.account.appearance}>
      <div className="flex flex-wrap gap-6">
        <div>
          <p className="mb-1 font-medium" aria-hidden>{t.shell.theme}</p>
          <Select label={t.shell.theme} value={theme} onChange={choose} options={[...THEMES]} />
        </div>
        <div>
          <p className="mb-1 font-medium" aria-hidden>{t.account.language}</p>
          <Select label={t.account.language} value="en" onChange={() => undefined} options={[{ value: "en", label: "English" }]} />
        </div>
        <label className="flex items-center gap-2 self-end py-2">
          <input type="checkbox" checked={keys} onChange={(event) => listen(event.target.checked)} className="size-4 accent-(--accent)" />
          {t.account.keys}
        </label>
      </div>
    </Section>
  );
}
