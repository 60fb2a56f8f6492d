import { Button, Group, PasswordInput, Radio, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import type { Sight } from "@vigil/api/resources/visits.ts";
import { momentOf } from "../../ages.ts";
import { Facts } from "../../parts/facts.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** First what answers there, then who logs in: nothing is said to a device before its certificate has been agreed to. */
export function OpenByAddress() {
  const server = useServer();
  const [host, setHost] = useState("");
  const look = useMutation({ mutationFn: (wanted: string) => server.visits.look({ body: { host: wanted } }) });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    look.mutate(host.trim());
  };
  return (
    <section className="panel" aria-label="Open a device">
      <h2>Open a device</h2>
      <div className="padded">
        <form onSubmit={onSubmit}>
          <Group align="end">
            <TextInput
              label="Host name or address"
              value={host}
              onChange={({ currentTarget: { value } }) => {
                setHost(value);
                look.reset();
              }}
              maxLength={253}
              required
              w={300}
              data-autofocus
            />
            <Button type="submit" variant={look.data === undefined ? "filled" : "default"} loading={look.isPending}>
              Look
            </Button>
          </Group>
        </form>
        {look.isError ? <Failure error={look.error} /> : null}
        {look.data === undefined ? (
          <p className="dim">Shows which ports answer and which certificate the device has. Nobody logs in yet.</p>
        ) : (
          <LogIn key={look.data.host} sight={look.data} />
        )}
      </div>
    </section>
  );
}

function LogIn({ sight }: { readonly sight: Sight }) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const { host, certificate, hasPlain } = sight;
  const [over, setOver] = useState(certificate === null ? "plain" : "tls");
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const open = useMutation({
    mutationFn: () => {
      const pin = over === "tls" && certificate !== null ? { fingerprint: certificate.fingerprint } : {};
      return server.visits.open({ body: { host, username, password, ...pin } });
    },
    onSuccess: async (visit) => {
      cache.setQueryData(keys.visit(visit.id), visit);
      await navigate({ to: "/by-address", search: { visit: visit.id } });
    },
    // Whatever came of it, the password is typed anew.
    onSettled: () => setPassword(""),
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    open.mutate();
  };
  return (
    <form onSubmit={onSubmit} aria-label="Log in" className="visit-form">
      {certificate === null ? null : (
        <Facts
          facts={[
            ["Certificate", certificate.subject],
            ["Issued by", certificate.isOurs ? "Vigil" : <span key="by">{certificate.issuer}</span>],
            ["Expires", momentOf(certificate.expiresAt)],
            [
              "SHA-256",
              <span key="print" className="mono wrap">
                {certificate.fingerprint}
              </span>,
            ],
          ]}
        />
      )}
      <Radio.Group label="Reach it" value={over} onChange={setOver} mt="sm">
        {certificate === null ? null : (
          <Radio
            value="tls"
            mt={6}
            label={certificate.isOurs ? "over TLS" : "over TLS, with this certificate: compare it with the machine's"}
          />
        )}
        {hasPlain ? (
          <Radio value="plain" mt={6} label="without TLS: all but the password can be read on the way" />
        ) : null}
      </Radio.Group>
      <Group align="end" mt="sm">
        <TextInput
          label="User"
          value={username}
          onChange={({ currentTarget: { value } }) => setUsername(value)}
          autoComplete="off"
          maxLength={64}
          required
        />
        <PasswordInput
          label="Password"
          value={password}
          onChange={({ currentTarget: { value } }) => setPassword(value)}
          autoComplete="off"
          maxLength={128}
          w={220}
        />
        <Button type="submit" loading={open.isPending}>
          Open device
        </Button>
      </Group>
      <p className="dim">The password stays in the server's memory until the visit ends, and is stored nowhere.</p>
      {open.isError ? <Failure error={open.error} /> : null}
    </form>
  );
}
