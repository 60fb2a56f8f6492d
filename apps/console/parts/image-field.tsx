import { Autocomplete } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { imagesQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** The name of an image of the library: those that there are are offered, and the server says whether there is another. */
export function ImageField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { data } = useQuery(imagesQuery(useServer()));
  const names = data?.items.map(({ name }) => name);
  return (
    <Autocomplete
      required
      label={label}
      description={
        names?.length === 0
          ? "The library has none yet: put one into it on the page Images"
          : "What the machine starts from, once"
      }
      data={names ?? []}
      value={value}
      onChange={onChange}
      maxLength={100}
      mt="sm"
    />
  );
}
