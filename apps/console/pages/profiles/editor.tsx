import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { Field } from "./field.tsx";
import { FormContext, troubleIn, type ProfileForm } from "./form.ts";
import { at, isSame } from "./draft.ts";
import { shapeOf } from "./shape.ts";
import { settingsWords } from "./setting-words.ts";

const sections = Object.entries(settingsWords.fields).map(([name, words]) => ({
  name,
  words,
  shape: shapeOf(Reflect.get(ProfileSettings.properties, name)),
}));

/** All sections of a profile, one after another, with a list of them beside. */
export function Editor({ form }: { readonly form: ProfileForm }) {
  useEffect(() => {
    // The address may name a section, and the form was not there yet when the page was opened.
    const name = window.location.hash.slice(1);
    if (name !== "") document.querySelector(`#${CSS.escape(name)}`)?.scrollIntoView();
  }, []);
  return (
    <FormContext value={form}>
      <div className="profile-editor">
        <nav aria-label="Sections" className="profile-sections">
          <ul>
            {sections.map(({ name, words }) => (
              <li key={name}>
                <Link
                  from="/profiles/$name"
                  to="."
                  search={{}}
                  hash={name}
                  replace
                  activeOptions={{ includeHash: true }}
                  className="profile-section-link"
                >
                  <span>{words.title}</span>
                  <SectionMark form={form} name={name} />
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="profile-form">
          {sections.map(({ name, words, shape }) => (
            <section key={name} id={name} className="panel profile-section" aria-label={words.title}>
              <h2>{words.title}</h2>
              {shape.kind === "table" ? <p className="dim profile-help">{words.help}</p> : null}
              <Field path={[name]} shape={shape} words={words} />
            </section>
          ))}
        </div>
      </div>
    </FormContext>
  );
}

function SectionMark({ form, name }: { readonly form: ProfileForm; readonly name: string }) {
  const { problems, isWrong, remarks } = troubleIn(form, name);
  const isChanged = !isSame(at(form.base, [name]), at(form.draft, [name]));
  return (
    <span className="profile-mark">
      {isChanged ? <span className="accent">changed</span> : null}
      {isWrong ? <span className="bad">{problems > 0 ? `${problems} wrong` : "refused"}</span> : null}
      {!isWrong && remarks > 0 ? <span className="warn">{remarks}</span> : null}
    </span>
  );
}
