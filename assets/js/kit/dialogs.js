// Opening and closing a <dialog>. Listens to nothing, so that more than one bundle may have it.
export const open = (dialog) => {
  if (dialog.open) return;
  dialog.showModal();
};

export const close = (dialog) => {
  if (dialog.open) dialog.close();
  if (location.hash === "#" + dialog.id) history.replaceState(null, "", location.pathname + location.search);
};
