import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountOwner, DeviceAccount, DeviceAccounts as Accounts } from "@vigil/api/resources/device-accounts.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { Facts } from "../../parts/facts.tsx";
import { StoredReading } from "../../parts/reading.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { accountsQuery, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { RemoveAccount } from "./remove-account.tsx";

interface DeviceProps {
  readonly device: Device;
}

/** Who may log in to the device, and whose each account is: at once as it was last read, then as the device says it now. */
export function DeviceAccounts({ device }: DeviceProps) {
  const server = useServer();
  const params = { id: device.uuid };
  const stored = useQuery(accountsQuery(server, device.uuid));
  return (
    <StoredReading
      stored={stored}
      body={stored.data?.accounts ?? null}
      device={device}
      storedKey={keys.accounts(device.uuid)}
      read={(signal) => server.readings.readAccounts({ params, signal })}
      never="The accounts have not been read yet"
    >
      {(accounts) => <Parts device={device} accounts={accounts} />}
    </StoredReading>
  );
}

function Parts({ device, accounts: { admin, items } }: DeviceProps & { readonly accounts: Accounts }) {
  const [removing, setRemoving] = useState<DeviceAccount>();
  const foreign = items.filter(({ owner }) => owner === "foreign");
  const isOurs = device.state === "provisioned";
  return (
    <div className="device-parts">
      {foreign.length === 0 ? null : (
        <p role="status" className="warning">
          <strong>
            {foreign.length === 1 ? "One account is foreign" : `${foreign.length} accounts are foreign`}:{" "}
            {foreign.map(({ name }) => name).join(", ")}.
          </strong>{" "}
          Neither the device&apos;s profile nor its firmware put {foreign.length === 1 ? "it" : "them"} there.
        </p>
      )}
      <section className="panel padded" aria-label="Admin">
        <Facts
          facts={[
            [
              "Admin's name",
              <span key="name" className="mono">
                {admin.name}
              </span>,
            ],
            [
              "Admin's password",
              admin.hasFactoryPassword ? (
                <span className="bad">▲ still the factory&apos;s</span>
              ) : (
                "changed; sealed in Vigil"
              ),
            ],
          ]}
        />
      </section>
      <TitledTable
        title="Accounts"
        rows={items}
        none="None besides the admin: nobody else may log in."
        columns={[
          { title: "Account", cell: (account) => <Name account={account} /> },
          { title: "Whose", width: "110px", cell: ({ owner }) => <Owner owner={owner} /> },
          { title: "Kind", width: "80px", cell: ({ kind }) => (kind === "digest" ? "Digest" : "Kerberos") },
          {
            title: "Logs in from",
            width: "110px",
            cell: ({ from, isEnabled }) => (isEnabled ? fromWords(from) : "switched off"),
          },
          { title: "Realms", cell: ({ realms }) => <span title={realms.join(", ")}>{realms.join(", ")}</span> },
          {
            title: "Actions",
            width: "104px",
            cell: (account) =>
              account.owner === "foreign" ? (
                <Button
                  variant="default"
                  size="compact-xs"
                  disabled={!isOurs}
                  {...(isOurs ? {} : { title: "Only provisioned devices can be told" })}
                  aria-label={`Remove the account ${account.name}`}
                  onClick={() => setRemoving(account)}
                >
                  Remove
                </Button>
              ) : null,
          },
        ]}
      />
      <RemoveAccount device={device} account={removing} onClose={() => setRemoving(undefined)} />
    </div>
  );
}

function Name({ account: { name, label } }: { readonly account: DeviceAccount }) {
  return (
    <span title={name}>
      {label === null ? null : `${label} `}
      <span className="mono">{name}</span>
    </span>
  );
}

const ownerWords = {
  vigil: "Vigil",
  firmware: "firmware",
  foreign: "▲ foreign",
} as const satisfies Readonly<Record<AccountOwner, string>>;

function Owner({ owner }: { readonly owner: AccountOwner }) {
  return <span className={owner === "foreign" ? "bad" : owner === "firmware" ? "dim" : ""}>{ownerWords[owner]}</span>;
}

function fromWords(from: string): string {
  const words: Readonly<Record<string, string>> = {
    local: "machine",
    network: "network",
    any: "anywhere",
  };
  return words[from] ?? from;
}
