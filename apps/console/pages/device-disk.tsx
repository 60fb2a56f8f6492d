import { Button, FileInput, Group, Progress, Radio, Stack } from "@mantine/core";
import { IconDisc } from "@tabler/icons-react";
import { useState } from "react";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import { durationOf } from "../ages.ts";
import { Empty } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { SessionStanding } from "../parts/session-standing.tsx";
import { useWatched } from "../parts/watched.ts";
import { useServer } from "../server.ts";
import { DiskSession, type LentImage } from "../sessions/disk-session.ts";
import { useLiveSessions } from "../sessions/live-sessions.ts";
import { bytesOf } from "../sizes.ts";
import { LentBoot, TakeOut } from "./boot/lent-boot.tsx";

const noun = "the disk";

/** A disk image of this computer, lent to the device as a CD or a floppy. */
export function DeviceDisk({ device }: { readonly device: Device }) {
  const server = useServer();
  const session = useLiveSessions().disk.of(device.uuid, (uuid) => new DiskSession(uuid));
  const { phase, image } = useWatched(session.state);
  const open = (lent: LentImage | undefined, takeOver = false): void => {
    if (lent !== undefined) session.open(server, lent, takeOver);
  };
  if (device.state !== "provisioned" && phase.name === "none")
    return <Empty title="Only provisioned devices can be lent a disk" />;
  return (
    <section className="panel padded session-disk" aria-label="Disk">
      {phase.name === "open" ? <Lent device={device} session={session} /> : null}
      {phase.name === "over" && phase.error === null ? (
        <p role="status" className="session-note">
          {image?.file.name} has been taken out of the machine.
        </p>
      ) : (
        <SessionStanding
          device={device}
          noun={noun}
          phase={phase}
          onCancel={() => session.close()}
          onOpen={(takeOver) => open(image, takeOver)}
        />
      )}
      {phase.name === "none" || phase.name === "over" ? <Pick onPicked={(lent) => open(lent)} /> : null}
    </section>
  );
}

function Pick({ onPicked }: { readonly onPicked: (image: LentImage) => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [drive, setDrive] = useState<IderDrive>("cd");
  const [begins, setBegins] = useState<"now" | "on-reboot">("now");
  const pick = (picked: File | null): void => {
    setFile(picked);
    if (picked !== null) setDrive(driveFor(picked));
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) onPicked({ file, drive, begins });
      }}
    >
      <Stack gap={16}>
        <FileInput
          label="Disk image"
          description="It stays on this computer: the machine reads it through this page, which has to stay open."
          placeholder="Choose an .iso or .img file"
          accept=".iso,.img,.ima,.bin"
          leftSection={<IconDisc size={14} aria-hidden />}
          value={file}
          onChange={pick}
        />
        <Radio.Group label="Drive" value={drive} onChange={(value) => setDrive(value === "floppy" ? "floppy" : "cd")}>
          <Group gap={16} mt={4}>
            <Radio value="cd" label="CD, read only" />
            <Radio value="floppy" label="Floppy, read only" />
          </Group>
        </Radio.Group>
        <Radio.Group
          label="The machine sees it"
          value={begins}
          onChange={(value) => setBegins(value === "on-reboot" ? "on-reboot" : "now")}
        >
          <Group gap={16} mt={4}>
            <Radio value="now" label="At once" />
            <Radio value="on-reboot" label="From its next start on" />
          </Group>
        </Radio.Group>
        <Group gap={8}>
          <Button type="submit" disabled={file === null} title={file === null ? "Choose an image first" : undefined}>
            Put the disk in
          </Button>
          {file === null ? null : <span className="dim">{bytesOf(file.size)}</span>}
        </Group>
      </Stack>
    </form>
  );
}

function Lent({ device, session }: { readonly device: Device; readonly session: DiskSession }) {
  const { image, isOn, progress } = useWatched(session.state);
  if (image === undefined) return null;
  const { bytesRead, bytesSeen, bytesPerSecond, commands } = progress;
  const { file, drive, begins } = image;
  const share = (100 * bytesSeen) / file.size;
  const waits = begins === "on-reboot" ? "The machine sees it from its next start on" : "The machine has it";
  return (
    <>
      <div className="session-disk-head">
        <div>
          <h2>{file.name}</h2>
          <p role="status">
            <span className="session-live">{isOn ? waits : "Being put in…"}</span>
          </p>
        </div>
        <TakeOut device={device} session={session} />
      </div>
      <LentBoot device={device} drive={drive} isOn={isOn} />
      <Progress value={share} aria-label="Read of the image" />
      <Facts
        facts={[
          ["Drive", drive === "cd" ? "CD" : "Floppy"],
          ["Image", bytesOf(file.size)],
          ["Read so far", `${bytesOf(bytesSeen)} of it, ${Math.floor(share)} %`],
          ["Sent", `${bytesOf(bytesRead)} in ${commands} commands`],
          ["Rate", `${bytesOf(bytesPerSecond)}/s`],
          ["Time left", timeLeft(file.size - bytesSeen, bytesPerSecond)],
        ]}
      />
      <p className="dim">
        Taking it out while the machine starts from it stops that start; nothing on its own disks is touched by that.
        This page has to stay open, other pages of the console may be shown meanwhile.
      </p>
    </>
  );
}

/** If it is read to its end, as few systems do. */
function timeLeft(bytes: number, bytesPerSecond: number): string {
  if (bytes <= 0) return "All of it has been read";
  if (bytesPerSecond <= 0) return "Nothing is being read now";
  return `${durationOf((bytes / bytesPerSecond) * 1_000)}, if it is read to its end`;
}

/** A floppy by its size and ending; what is larger is a CD. */
function driveFor({ name, size }: File): IderDrive {
  return /\.(img|ima)$/i.test(name) && size <= 2_949_120 ? "floppy" : "cd";
}
