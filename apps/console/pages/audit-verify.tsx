import { Button, Progress } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { findingWords } from "@vigil/api/audit-rows.ts";
import type { AuditFinding } from "@vigil/api/resources/audit.ts";
import { countOf } from "../ages.ts";
import { Failure } from "../parts/failure.tsx";
import { useServer } from "../server.ts";

interface Verified {
  readonly checked: number;
  readonly total: number;
  readonly findings: readonly AuditFinding[];
  readonly isOver: boolean;
}

/** Checks the chain from its first entry to its last, and says what somebody did to it by hand. */
export function AuditVerify() {
  const server = useServer();
  const [verified, setVerified] = useState<Verified>();
  const [error, setError] = useState<unknown>();
  const walking = useRef<AbortController>(undefined);
  useEffect(() => () => walking.current?.abort(), []);
  const verify = async (): Promise<void> => {
    const { signal } = (walking.current = new AbortController());
    setError(undefined);
    setVerified({ checked: 0, total: 0, findings: [], isOver: false });
    const findings: AuditFinding[] = [];
    let cursor: string | undefined;
    try {
      do {
        const page = await server.audit.verify({ query: cursor === undefined ? {} : { cursor }, signal });
        findings.push(...page.findings);
        cursor = page.cursor ?? undefined;
        const { checked, total } = page;
        setVerified({ checked, total, findings: [...findings], isOver: cursor === undefined });
      } while (cursor !== undefined);
    } catch (failure) {
      setVerified(undefined);
      if (!signal.aborted) setError(failure);
    }
  };
  const isUnderWay = verified?.isOver === false;
  return (
    <section className="toolbar" aria-label="Verification">
      <Button
        variant="default"
        leftSection={<IconShieldCheck size={14} aria-hidden />}
        loading={isUnderWay}
        onClick={() => void verify()}
      >
        Verify log
      </Button>
      {error === undefined ? null : <Failure error={error} />}
      {verified === undefined ? (
        <span className="dim">Checks whether somebody edited, inserted or deleted entries in the database.</span>
      ) : (
        <Result verified={verified} />
      )}
    </section>
  );
}

function Result({ verified: { checked, total, findings, isOver } }: { readonly verified: Verified }) {
  if (!isOver && findings.length === 0) {
    const percent = total === 0 ? 0 : (checked / total) * 100;
    return (
      <>
        <Progress value={percent} w={200} aria-label="Entries checked" />
        <span className="dim" role="status">
          {countOf(checked)} of {countOf(total)}
        </span>
      </>
    );
  }
  if (findings.length === 0) return <span role="status">All {countOf(total)} entries are as they were written.</span>;
  return (
    <div role="alert">
      <ul className="bad plain-list">
        {findings.map((one) => (
          <li key={findingWords(one)}>{findingWords(one)}</li>
        ))}
      </ul>
    </div>
  );
}
