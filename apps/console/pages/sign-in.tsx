import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Failure } from "../parts/failure.tsx";
import { useServer } from "../server.ts";

/** Signs in with the one-time link that the server printed: its token is behind the #, which no server ever sees. */
export function SignInPage() {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [token, setToken] = useState("");
  const signIn = useMutation({
    mutationFn: (given: string) => server.access.signIn({ body: { token: given } }),
    onSuccess: async () => {
      cache.clear();
      await navigate({ to: "/", replace: true });
    },
  });
  const { mutate } = signIn;
  useEffect(() => {
    const takeToken = (): void => {
      const given = new URLSearchParams(window.location.hash.slice(1)).get("token");
      if (given === null) return;
      // It works once: it must not be tried again, nor stay in the history.
      window.history.replaceState(window.history.state, "", window.location.pathname);
      mutate(given);
    };
    takeToken();
    // Opened from this very page, a link changes nothing but what is behind the #.
    window.addEventListener("hashchange", takeToken);
    return () => window.removeEventListener("hashchange", takeToken);
  }, [mutate]);
  return (
    <main className="alone" aria-label="Sign in">
      <form
        className="panel sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          mutate(tokenIn(token));
        }}
      >
        <img src="/mark.svg" alt="" width={32} height={32} />
        <h1>Sign in to Vigil</h1>
        <p className="dim">
          The server prints a one-time link when it starts. In the lab, press l in its terminal for another.
        </p>
        <PasswordInput
          label="Sign-in link or its token"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="off"
        />
        {signIn.isError ? <Failure error={signIn.error} /> : null}
        <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ""} size="sm" fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  );
}

/** People paste the whole link. */
function tokenIn(text: string): string {
  return text.trim().replace(/^.*[#?]token=/, "");
}
