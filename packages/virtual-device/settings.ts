import type { AnyProperty, ClassDefinition, Instance } from "@vigil/model/define.ts";
import { implement, type Behavior, type BehaviorOf, type Call, type Refusal } from "./behavior.ts";
import type { Firmware } from "./firmware.ts";
import { chosen, isSameInstance, keep, refuseUnknownWords, storedOf, withOldSecrets } from "./stored.ts";

/** What is particular to one class of settings. */
export interface SettingsOf<C extends ClassDefinition> extends Pick<
  BehaviorOf<C>,
  "realm" | "methods" | "readingMethods"
> {
  /** As the firmware has them before anybody changed them. */
  readonly list: (firmware: Firmware) => readonly Partial<Instance<C>>[];
  readonly check?: (call: Call, value: Partial<Instance<C>>) => Refusal | undefined;
  /** Called after the change. */
  readonly changed?: (call: Call, before: Partial<Instance<C>>, after: Partial<Instance<C>>) => void;
}

/**
 * A class of settings: instances that are always there, and of which managers change what is neither key nor read-only.
 * Secrets are stored and never shown.
 */
export function settings<C extends ClassDefinition>(definition: C): (parts: SettingsOf<C>) => Behavior {
  return ({ list, check, changed, ...rest }) => {
    const all = (firmware: Firmware): readonly Partial<Instance<C>>[] => {
      const stored = storedOf(firmware, definition);
      return list(firmware).map((own) => {
        const changes = stored.find((one) => isSameInstance(definition, one, own));
        return changes === undefined ? own : joined(definition, own, changes);
      });
    };
    return implement(definition)({
      ...rest,
      list: all,
      put(call, value) {
        const { firmware } = call;
        const before = all(firmware).find((one) => isSameInstance(definition, one, value)) ?? {};
        const refusal = refuseUnknownWords(definition, value, before) ?? check?.(call, value);
        if (refusal !== undefined) return refusal;
        const stored = storedOf(firmware, definition);
        const old = stored.find((one) => isSameInstance(definition, one, value));
        const others = stored.filter((one) => one !== old);
        keep(firmware, definition, [...others, withOldSecrets(definition, value, old)]);
        changed?.(call, before, value);
        return undefined;
      },
    });
  };
}

/** Keys, read-only members and what stands for secrets as the firmware has them; all else as it was stored. */
function joined<C extends ClassDefinition>(
  definition: C,
  own: Partial<Instance<C>>,
  stored: Partial<Instance<C>>,
): Partial<Instance<C>> {
  const isOwn = ({ traits }: AnyProperty): boolean =>
    traits.key === true || traits.readonly === true || traits.secret === true;
  return chosen(definition, (name, one) => Reflect.get(isOwn(one) ? own : stored, name));
}
