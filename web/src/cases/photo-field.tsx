import { useId } from 'react';
import { useUploadPhoto } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { Photo } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Takes or chooses a photo and sends it at once; what is shown afterwards is what the server kept. */
export function PhotoField({
  photo,
  label,
  onPhoto,
}: {
  readonly photo: Photo | null;
  readonly label: string;
  readonly onPhoto: (photo: Photo | null) => void;
}) {
  const { t } = useLanguage();
  const id = useId();
  const upload = useUploadPhoto();
  const send = (file: File | undefined) => {
    if (file === undefined) return;
    onPhoto(null);
    upload.mutate(file, { onSuccess: onPhoto });
  };
  return (
    <div className="photo-field">
      <input
        id={id}
        className="visually-hidden"
        type="file"
        accept="image/jpeg,image/png,image/webp"
        capture="environment"
        onChange={(event) => {
          send(event.target.files?.[0]);
          // So that choosing the same file again, after a failure, is a change again.
          event.target.value = '';
        }}
      />
      <label htmlFor={id} className={photo === null ? 'photo-slot' : 'photo-slot filled'}>
        {photo !== null && <img src={photo.url} alt={label} width={photo.width} height={photo.height} />}
        <span className="photo-word">
          {upload.isPending ? t('photo.sending') : photo === null ? label : t('photo.again')}
        </span>
      </label>
      {upload.error !== null && (
        <p className="error-line" role="alert">
          {t('photo.failed', { message: describeError(upload.error, t) })}
        </p>
      )}
    </div>
  );
}
