import { type Static, Type } from 'typebox';

export const PhotoView = Type.Object({
  id: Type.String(),
  url: Type.String(),
  sha256: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
});
export type PhotoView = Static<typeof PhotoView>;

export function toPhotoView(photo: Omit<PhotoView, 'url'>): PhotoView {
  const { id, sha256, width, height } = photo;
  return { id, url: `/api/photos/${id}`, sha256, width, height };
}
