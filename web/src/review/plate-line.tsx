import { type FormEvent, type RefObject, useState } from 'react';
import type { ObjectClass } from '../../../domain/mod.ts';
import { describeError } from '../api/describe-error.ts';
import { useEnterPlate, usePlate, useRevealPlate } from '../api/plates.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';

const plated: readonly ObjectClass[] = ['car', 'truck', 'bus', 'motorcycle'];

/** Whether things of this class carry a number plate. */
export function isVehicle(name: ObjectClass): boolean {
  return plated.includes(name);
}

/** The number plate: written down by the reviewer beside the picture, masked until somebody says why they need it whole. */
export function PlateLine({
  candidateId,
  mayEnter,
  field,
}: {
  readonly candidateId: string;
  readonly mayEnter: boolean;
  readonly field: RefObject<HTMLInputElement | null>;
}) {
  const { t } = useLanguage();
  const known = usePlate(candidateId);
  const entering = useEnterPlate(candidateId);
  const revealing = useRevealPlate(candidateId);
  const [text, setText] = useState('');
  const [reason, setReason] = useState<string | null>(null);
  const plate = known.data ?? null;
  const failure = entering.error ?? revealing.error ?? known.error;

  const enter = (event: FormEvent) => {
    event.preventDefault();
    entering.mutate(text, {
      onSuccess: () => {
        setText('');
        revealing.reset();
        field.current?.blur();
      },
    });
  };
  const reveal = (event: FormEvent) => {
    event.preventDefault();
    revealing.mutate(reason ?? '', { onSuccess: () => setReason(null) });
  };

  return (
    <section className="plate" aria-label={t('plate.title')}>
      <p className="plate-known">
        <span>{t('plate.title')}</span>
        <strong className="plate-text" data-plate>
          {revealing.data?.plate ?? plate?.plate ?? t('plate.none')}
        </strong>
        {plate?.mayReveal === true && revealing.data === undefined && reason === null && (
          <button type="button" className="button small" onClick={() => setReason('')}>
            {t('plate.reveal')}
          </button>
        )}
      </p>
      {plate !== null && (
        <p className="quiet small">
          {t('plate.entered', { by: plate.enteredBy, at: formatFull(plate.enteredAt) })}
          {plate.otherCandidates > 0 && ` · ${t('plate.others', { n: plate.otherCandidates })}`}
        </p>
      )}
      {reason !== null && (
        <form className="plate-form" onSubmit={reveal}>
          <input
            aria-label={t('plate.reason')}
            placeholder={t('plate.reason')}
            required
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setReason(null)}
          />
          <button
            type="submit"
            className="button small"
            disabled={reason.trim() === '' || revealing.isPending}
          >
            {t('plate.reveal')}
          </button>
        </form>
      )}
      {mayEnter && (
        <form className="plate-form" onSubmit={enter}>
          <label htmlFor="plate-field">
            {t(plate === null ? 'plate.enter' : 'plate.correct')} <kbd>V</kbd>
          </label>
          <input
            id="plate-field"
            ref={field}
            autoComplete="off"
            spellCheck={false}
            maxLength={40}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
          />
          <button type="submit" className="button small" disabled={text.trim() === '' || entering.isPending}>
            {t('plate.save')}
          </button>
        </form>
      )}
      {failure !== null && (
        <p className="error-line" role="alert">
          {describeError(failure, t)}
        </p>
      )}
    </section>
  );
}
