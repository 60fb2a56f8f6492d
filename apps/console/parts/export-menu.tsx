import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { csvOf, type Cell } from "@vigil/api/csv.ts";
import { download } from "./download.ts";
import { notifyFailure } from "./notify-failure.ts";

interface ExportMenuProps<Entry> {
  readonly label: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly heading: readonly string[];
  readonly row: (entry: Entry) => readonly Cell[];
  /** Asked when somebody wants the file. */
  readonly entries: () => Promise<readonly Entry[]>;
}

/** Saves entries as CSV or JSON. */
export function ExportMenu<Entry>({ label, name, heading, row, entries }: ExportMenuProps<Entry>) {
  const save = useMutation({
    mutationFn: async (kind: "csv" | "json") => {
      const all = await entries();
      const text = kind === "csv" ? csvOf([heading, ...all.map(row)]) : JSON.stringify(all, null, 2);
      download(`${name}.${kind}`, new TextEncoder().encode(text), kind === "csv" ? "text/csv" : "application/json");
    },
    onError: notifyFailure,
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={14} aria-hidden />} loading={save.isPending}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate("csv")}>As CSV</Menu.Item>
        <Menu.Item onClick={() => save.mutate("json")}>As JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
