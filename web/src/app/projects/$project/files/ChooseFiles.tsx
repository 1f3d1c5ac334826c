import { useRef } from "react";

import { Button } from "@/components/ui/Button";
import { type Chosen, filesIn } from "@/lib/dropped";

interface Props {
  label: string;
  look?: "plain" | "primary" | "quiet";
  /** Several files; a whole folder. */
  several?: boolean;
  folder?: boolean;
  onChosen: (chosen: Chosen[]) => void;
  children?: React.ReactNode;
}

/** A button that opens the browser's own dialog to choose files. */
export function ChooseFiles({ label, look = "plain", several = false, folder = false, onChosen, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look={look} onClick={() => input.current?.click()}>{children}{label}</Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={several}
        {...(folder ? { webkitdirectory: "" } : {})}
        onChange={(event) => {
          onChosen(filesIn(event.target.files));
          event.target.value = ""; // the same file may be chosen again
        }}
      />
    </>
  );
}
