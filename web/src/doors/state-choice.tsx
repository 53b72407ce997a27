/** One of the states of messages, as a row of buttons. */
export function StateChoice<State extends string>({
  label,
  states,
  chosen,
  toName,
  onChoose,
}: {
  readonly label: string;
  readonly states: readonly State[];
  readonly chosen: State;
  readonly toName: (state: State) => string;
  readonly onChoose: (state: State) => void;
}) {
  return (
    <fieldset className="keeper-tools" aria-label={label}>
      {states.map((state) => (
        <button
          key={state}
          type="button"
          className="button small"
          aria-pressed={state === chosen}
          onClick={() => onChoose(state)}
        >
          {toName(state)}
        </button>
      ))}
    </fieldset>
  );
}
