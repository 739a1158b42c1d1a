// The few words that the page itself says, in each language; everything else comes from Python.
const NB = "\u00a0";
const TEXTS = {
  fr: {
    saving: "enregistrement…",
    late: `Pas encore enregistré${NB}: nouvelle tentative…`,
    date: "JJ/MM/AAAA",
    done: "fait",
    choose: "Choisir…",
    required: "obligatoire",
    figures: "Voir les chiffres",
    noFigure: "Le graphique ne peut pas être affiché.",
    working: "Traitement en cours…",
    pages: "Pages",
    account: "Mon compte",
    leave: "Se déconnecter",
    copy: "Copier le lien",
    copied: "Lien copié.",
    notCopied: "Le lien est sélectionné. Copiez-le avec les touches Ctrl et C.",
    chooseFile: "Choisir un fichier",
    halfSent: "La moitié du fichier est envoyée.",
    unreadable: "Ce fichier ne peut pas être lu. Choisissez-en un autre.",
    resume: "Reprendre cette saisie",
    forget: "L'oublier",
    problems: (count) => (count === 1 ? "Un point est à corriger" : `${count} points sont à corriger`),
    found: (text) => `Saisie non enregistrée retrouvée${NB}: «${NB}${text}${NB}»`,
    noValue: (status) => `${status}${NB}: aucune valeur attendue.`,
    statusOf: (label) => `Statut de la donnée${NB}: ${label}`,
    step: (rank, count, label) => `Étape ${rank} sur ${count}${NB}: ${label}`,
    sending: (name) => `Envoi de ${name}…`,
    sent: (share) => `Envoi en cours${NB}: ${Math.round(share * 100)}${NB}%`,
    tooBig: (most) => `Le fichier dépasse ${most}${NB}Mo. Choisissez-en un plus petit.`,
    wrongFile: (kinds) => `Ce genre de fichier ne convient pas. ${kinds}`,
    left: (count) => `${count} caractère${count > 1 ? "s" : ""} restant${count > 1 ? "s" : ""}`,
    error: `Erreur${NB}: `,
    warning: `À vérifier${NB}: `,
  },
  en: {
    saving: "saving…",
    late: "Not saved yet: trying again…",
    date: "DD/MM/YYYY",
    done: "done",
    choose: "Choose…",
    required: "required",
    figures: "See the figures",
    noFigure: "The chart cannot be shown.",
    working: "Working…",
    pages: "Pages",
    account: "My account",
    leave: "Sign out",
    copy: "Copy the link",
    copied: "Link copied.",
    notCopied: "The link is selected. Copy it with the Ctrl and C keys.",
    chooseFile: "Choose a file",
    halfSent: "Half of the file is sent.",
    unreadable: "This file cannot be read. Choose another one.",
    resume: "Take up this entry again",
    forget: "Forget it",
    problems: (count) => (count === 1 ? "One thing to correct" : `${count} things to correct`),
    found: (text) => `Unsaved entry found again: “${text}”`,
    noValue: (status) => `${status}: no value expected.`,
    statusOf: (label) => `Status of the figure: ${label}`,
    step: (rank, count, label) => `Step ${rank} of ${count}: ${label}`,
    sending: (name) => `Sending ${name}…`,
    sent: (share) => `Sending: ${Math.round(share * 100)}%`,
    tooBig: (most) => `The file is larger than ${most}${NB}MB. Choose a smaller one.`,
    wrongFile: (kinds) => `This kind of file is not suitable. ${kinds}`,
    left: (count) => `${count} character${count === 1 ? "" : "s"} left`,
    error: "Error: ",
    warning: "To check: ",
  },
};

const WORDS = { ...TEXTS.fr };
/** The language in which the page is spoken to. */
let spoken = "fr";

/** From now on the page speaks another language. @param {string | undefined} code */
function speak(code) {
  if (!(code in TEXTS)) return;
  Object.assign(WORDS, TEXTS[code]);
  spoken = code;
}
