import type { ClassDefinition, Instance } from "@vigil/model/define.ts";
import { selectorsOf } from "@vigil/model/instances.ts";
import { implement, pick, type Behavior, type BehaviorOf, type Call, type Refusal } from "./behavior.ts";
import type { Firmware } from "./firmware.ts";
import { add, chosen, isSameInstance, keep, refuseUnknownWords, storedOf, withOldSecrets } from "./stored.ts";

/** PT_STATUS. @source protocols A.13 */
const limitReached = 23;

/** What is particular to one class of entries. */
export interface EntriesOf<C extends ClassDefinition> extends Pick<
  BehaviorOf<C>,
  "realm" | "methods" | "methodRealms" | "readingMethods" | "isPutSilent"
> {
  /** More than these are refused with PT_STATUS 23. */
  readonly most: number;
  /** Those that the firmware brings along, before the stored ones. */
  readonly builtIn?: (firmware: Firmware) => readonly Partial<Instance<C>>[];
  /** Checks and completes what Create sends; without it there is no Create. */
  readonly create?: (call: Call, value: Partial<Instance<C>>) => Refusal | Partial<Instance<C>>;
  /** Checks what Put sends; without it there is no Put. */
  readonly check?: (call: Call, value: Partial<Instance<C>>) => Refusal | undefined;
  readonly remove?: (call: Call, value: Partial<Instance<C>>) => Refusal | undefined;
  /** What is shown beyond what is stored. */
  readonly shown?: (firmware: Firmware, value: Partial<Instance<C>>) => Partial<Instance<C>>;
}

/** A class of which managers make and remove instances. Secrets are stored and never shown. */
export function entries<C extends ClassDefinition>(definition: C): (parts: EntriesOf<C>) => Behavior {
  return ({ most, builtIn, create, check, remove, shown, ...rest }) => {
    const list = (firmware: Firmware): readonly Partial<Instance<C>>[] => [
      ...(builtIn?.(firmware) ?? []),
      ...storedOf(firmware, definition).map((one) => ({
        ...withoutSecrets(definition, one),
        ...shown?.(firmware, one),
      })),
    ];
    const creating: Pick<BehaviorOf<C>, "create"> = {
      create(call, value) {
        const { firmware } = call;
        if (storedOf(firmware, definition).length >= most) return { fault: "InternalError", status: limitReached };
        const whole = refuseUnknownWords(definition, value, {}) ?? create?.(call, value) ?? value;
        if (isRefusal(whole)) return whole;
        const isThere = list(firmware).some((one) => isSameInstance(definition, one, whole));
        return isThere ? { fault: "AlreadyExists" } : add(firmware, definition, whole);
      },
    };
    const changing: Pick<BehaviorOf<C>, "put"> = {
      put(call, value) {
        const stored = storedOf(call.firmware, definition);
        const index = stored.findIndex((one) => isSameInstance(definition, one, value));
        const refusal = refuseUnknownWords(definition, value, stored[index] ?? {}) ?? check?.(call, value);
        if (refusal !== undefined) return refusal;
        if (index < 0) return { fault: "DestinationUnreachable" };
        keep(call.firmware, definition, stored.with(index, withOldSecrets(definition, value, stored[index])));
        return undefined;
      },
    };
    return implement(definition)({
      ...rest,
      list,
      ...(create === undefined ? {} : creating),
      ...(check === undefined ? {} : changing),
      remove(call) {
        const { firmware, selectors } = call;
        const found = pick(storedOf(firmware, definition), (one) => selectorsOf(definition, one), selectors);
        if ("fault" in found) return found;
        const refusal = remove?.(call, found.one);
        if (refusal !== undefined) return refusal;
        const stays = storedOf(firmware, definition).filter((one) => !isSameInstance(definition, one, found.one));
        keep(firmware, definition, stays);
        return undefined;
      },
    });
  };
}

function isRefusal(result: object): result is Refusal {
  return "fault" in result;
}

function withoutSecrets<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): Partial<Instance<C>> {
  return chosen(definition, (name, { traits }) => (traits.secret === true ? undefined : Reflect.get(value, name)));
}
