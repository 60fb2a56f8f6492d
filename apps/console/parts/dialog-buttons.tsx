import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";

interface DialogButtonsProps {
  readonly onClose: () => void;
  /** Where no layout keeps what stands above at a distance. */
  readonly mt?: "md";
  /** What the dialog is for. */
  readonly children: ReactNode;
}

/** The last line of a dialog: the way out that changes nothing, then what is asked. */
export function DialogButtons({ onClose, mt, children }: DialogButtonsProps) {
  return (
    <Group justify="flex-end" {...(mt === undefined ? {} : { mt })}>
      <Button variant="default" onClick={onClose}>
        Leave it
      </Button>
      {children}
    </Group>
  );
}

interface FormButtonsProps {
  /** As the button says it. */
  readonly action: string;
  /** Why it cannot be sent yet; undefined: it can. */
  readonly why: string | undefined;
  readonly isPending: boolean;
  /** It cannot be undone. */
  readonly isRed?: boolean;
  readonly onClose: () => void;
}

/** The last line of a form in a dialog: what hinders stands on its button. */
export function FormButtons({ action, why, isPending, isRed = false, onClose }: FormButtonsProps) {
  return (
    <DialogButtons onClose={onClose}>
      <Button
        type="submit"
        {...(isRed ? { color: "red" } : {})}
        loading={isPending}
        disabled={why !== undefined}
        title={why}
      >
        {action}
      </Button>
    </DialogButtons>
  );
}
