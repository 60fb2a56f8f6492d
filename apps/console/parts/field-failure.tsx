import { useEffect, useRef, type ReactNode, type RefObject } from "react";
import { failureOf } from "../queries.ts";
import { Code, Failure } from "./failure.tsx";

/** What the fields of a form are, by the codes of what may be wrong with them; a code that ends in a dot stands for all that begin with it. */
export type FieldCodes<Field extends string> = Readonly<Record<string, Field>>;

/** Shares a refusal of the server out among the fields of a form. */
export interface FieldFailures<Field extends string> {
  /** What stands at a field. */
  readonly at: (field: Field) => ReactNode;
  /** What is no field's, for the end of the form. */
  readonly rest: ReactNode;
  /** For the form: the first wrong field gets the focus. */
  readonly form: RefObject<HTMLFormElement | null>;
}

/** @param error null: nothing was refused @param codes constant */
export function useFieldFailures<Field extends string>(error: unknown, codes: FieldCodes<Field>): FieldFailures<Field> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [error]);
  return { ...fieldFailures(error, codes), form };
}

/** The same without a form, for what is refused while it is typed. */
export function fieldFailures<Field extends string>(
  error: unknown,
  codes: FieldCodes<Field>,
): Pick<FieldFailures<Field>, "at" | "rest"> {
  if (error === null || error === undefined) return { at: () => undefined, rest: null };
  const field = fieldOf(failureOf(error).code, codes);
  return {
    at: (one) => (one === field ? <FieldFailure error={error} /> : undefined),
    rest: field === undefined ? <Failure error={error} /> : null,
  };
}

/** What is wrong with a field, what to do, and the code with its runbook. */
export function FieldFailure({ error }: { readonly error: unknown }) {
  const report = failureOf(error);
  return (
    <>
      {report.message}. {report.next}. <Code report={report} />
    </>
  );
}

function fieldOf<Field extends string>(code: string, codes: FieldCodes<Field>): Field | undefined {
  const [, field] =
    Object.entries(codes).find(([one]) => one === code || (one.endsWith(".") && code.startsWith(one))) ?? [];
  return field;
}
