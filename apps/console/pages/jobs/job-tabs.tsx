import { Link } from "@tanstack/react-router";

/** The parts of the jobs' page, in order: one line each. */
const tabs = [
  { to: "/jobs", title: "Runs" },
  { to: "/jobs/named", title: "Jobs" },
  { to: "/jobs/schedules", title: "Schedules" },
  { to: "/jobs/windows", title: "Windows" },
  { to: "/jobs/compliance", title: "Compliance" },
] as const;

export function JobTabs() {
  return (
    <nav className="page-tabs" aria-label="Parts of jobs">
      {tabs.map(({ to, title }) => (
        <Link key={to} to={to} className="page-tab" activeOptions={{ exact: true, includeSearch: false }}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
