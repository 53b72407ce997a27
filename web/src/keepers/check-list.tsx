import type { ReactNode } from 'react';

/** Boxes to tick, any number of them; what is ticked keeps the order in which it was. */
export function CheckList<Name extends string>({
  legend,
  names,
  chosen,
  onChange,
  toLabel,
}: {
  readonly legend: string;
  readonly names: readonly Name[];
  readonly chosen: readonly Name[];
  readonly onChange: (chosen: readonly Name[]) => void;
  readonly toLabel: (name: Name) => ReactNode;
}) {
  return (
    <fieldset className="keeper-posts">
      <legend>{legend}</legend>
      {names.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, name] : chosen.filter((one) => one !== name))
            }
          />
          {toLabel(name)}
        </label>
      ))}
    </fieldset>
  );
}
