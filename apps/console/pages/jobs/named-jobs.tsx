import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { GalleryJob, Job } from "@vigil/api/resources/jobs.ts";
import { countOf } from "../../ages.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { JobTabs } from "./job-tabs.tsx";
import { galleryQuery, jobsQuery } from "./queries.ts";

/** Jobs by name, and ready ones to start from. */
export function NamedJobsPage() {
  const navigate = useNavigate();
  const query = useQuery(jobsQuery(useServer()));
  const make = (): void => void navigate({ to: "/jobs/new" });
  useKeys({ n: make });
  return (
    <Page
      title="Jobs"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={make} title="n">
          New job
        </Button>
      }
    >
      <JobTabs />
      <Loaded query={query}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="No job has a name yet">
              Begin with one of the gallery below, or store a file: <code>vigil job apply -f job.yaml</code>
            </Empty>
          ) : (
            <List jobs={data.items} />
          )
        }
      </Loaded>
      <Gallery />
    </Page>
  );
}

function List({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <PlainTable
      label="Jobs"
      rows={jobs}
      keyOf={({ name }) => name}
      columns={[
        {
          title: "Name",
          width: "26%",
          cell: ({ name }) => (
            <Link to="/jobs/named/$name" params={{ name }}>
              {name}
            </Link>
          ),
        },
        { title: "Steps", width: "80px", isNumber: true, cell: ({ definition }) => definition.steps.length },
        { title: "Version", width: "90px", isNumber: true, cell: ({ version }) => version },
        {
          title: "Description",
          cell: ({ definition }) => definition.description ?? <span className="dim">—</span>,
        },
        { title: "Changed by", width: "160px", cell: ({ changedBy }) => changedBy },
        { title: "Changed", width: "120px", cell: ({ changedAt }) => <Age at={changedAt} /> },
      ]}
    />
  );
}

/** Ready jobs, with what must hold for each and for how many devices it does. */
function Gallery() {
  const query = useQuery(galleryQuery(useServer()));
  return (
    <section className="gallery" aria-label="Gallery">
      <h2>Gallery: ready jobs to start from</h2>
      <Loaded query={query} rows={3}>
        {(data) => (
          <ul>
            {data.items.map((one) => (
              <Card key={one.name} job={one} />
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Card({ job }: { readonly job: GalleryJob }) {
  return (
    <li className="panel gallery-card" aria-label={job.name}>
      <h3>{job.name}</h3>
      <p className="dim">{job.about}.</p>
      <ul className="gallery-checks">
        {job.checks.map(({ text, filter, holds, total }) => (
          <li key={filter}>
            <Link to="/" search={{ q: filter }} title={filter}>
              {countOf(holds)} of {countOf(total)}
            </Link>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <Link to="/jobs/new" search={{ ready: job.name }} className="gallery-start">
        Start from {job.name}
      </Link>
    </li>
  );
}
