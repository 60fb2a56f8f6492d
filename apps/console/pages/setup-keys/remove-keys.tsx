import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SetupKey } from "@vigil/api/resources/setup-keys.ts";
import { countOf } from "../../ages.ts";
import { Failure } from "../../parts/failure.tsx";
import { keys as cached } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface RemoveProps {
  readonly isOpen: boolean;
  readonly keys: readonly SetupKey[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Says what follows for the machines that hold them. */
export function RemoveKeysDialog({ isOpen, keys, onClose, onRemoved }: RemoveProps) {
  const server = useServer();
  const cache = useQueryClient();
  const unused = keys.filter(({ usedAt }) => usedAt === null).length;
  const remove = useMutation({
    mutationFn: () => server.setupKeys.remove({ body: { pids: keys.map(({ pid }) => pid) } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: cached.setupKeys });
      onRemoved();
      onClose();
    },
  });
  const words = `${countOf(keys.length)} ${keys.length === 1 ? "key" : "keys"}`;
  return (
    <Modal opened={isOpen} onClose={onClose} title="Delete setup keys">
      <div className="form">
        <p className="question">
          {words} {keys.length === 1 ? "is" : "are"} deleted.{" "}
          {unused === 0
            ? "All of them have been used: their devices are not touched."
            : `${countOf(unused)} of them ${unused === 1 ? "has" : "have"} not been used: a machine that holds such a key cannot be set up by it any more, and its MEBx password, if a stick gave it one, is lost.`}
        </p>
        {remove.isError ? <Failure error={remove.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave them
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()} data-autofocus>
            Delete {words}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
