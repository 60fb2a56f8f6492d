import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState, type Ref } from "react";
import { complete } from "@vigil/api/filter/complete.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";

/** What is wrong with a filter, in words; undefined when nothing is. */
export function wrongWith(filter: string): string | undefined {
  try {
    parseFilter(filter);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A box for the filter language: offers what could come next, says what is wrong. */
export function FilterBox({
  value,
  onChange,
  label,
  placeholder,
  inputRef,
  onDone,
  className,
  isLabelled = false,
}: {
  readonly value: string;
  readonly onChange: (filter: string) => void;
  readonly label: string;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  /** Enter or Escape while nothing is offered. */
  readonly onDone?: () => void;
  readonly className?: string;
  /** Whether the label is seen. */
  readonly isLabelled?: boolean;
}) {
  const [caret, setCaret] = useState(value.length);
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const { from, to, words } = complete(value, Math.min(caret, value.length));
  const isTyping = box.dropdownOpened && words.length > 0;
  const wrong = wrongWith(value);
  const take = (word: string): void => {
    const put = `${needsQuotes(word) ? `"${word}"` : word} `;
    onChange(value.slice(0, from) + put + value.slice(to));
    setCaret(from + put.length);
    box.closeDropdown();
  };
  return (
    <Combobox store={box} onOptionSubmit={take}>
      <Combobox.Target>
        <TextInput
          {...(inputRef === undefined ? {} : { ref: inputRef })}
          {...(className === undefined ? {} : { className })}
          {...(isLabelled ? { label } : { "aria-label": label })}
          {...(placeholder === undefined ? {} : { placeholder })}
          leftSection={<IconSearch size={14} aria-hidden />}
          error={isTyping ? undefined : wrong}
          spellCheck={false}
          autoComplete="off"
          value={value}
          onChange={({ currentTarget }) => {
            onChange(currentTarget.value);
            setCaret(currentTarget.selectionStart ?? currentTarget.value.length);
            box.openDropdown();
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? currentTarget.value.length)}
          onBlur={() => box.closeDropdown()}
          onKeyDown={(event) => {
            const { key } = event;
            if (key === "Tab" && isTyping && box.getSelectedOptionIndex() >= 0) {
              event.preventDefault();
              box.clickSelectedOption();
            } else if (key === "Escape" && isTyping) {
              event.stopPropagation();
              box.closeDropdown();
            } else if (key === "Escape" || (key === "Enter" && (!isTyping || box.getSelectedOptionIndex() < 0))) {
              box.closeDropdown();
              onDone?.();
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={!isTyping}>
        <Combobox.Options mah={260} style={{ overflowY: "auto" }} aria-label="What could come next">
          {words.map((word) => (
            <Combobox.Option value={word} key={word}>
              {word}
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** Operators and brackets stand bare. */
function needsQuotes(word: string): boolean {
  return /\s/.test(word) && !/^(is|not) /.test(word);
}
