// The few words that the page itself says; everything else comes from Python.
const NB = "\u00a0";
const WORDS = {
  saving: "enregistrement…",
  late: `Pas encore enregistré${NB}: nouvelle tentative…`,
  date: "JJ/MM/AAAA",
  choose: "Choisir…",
  required: "obligatoire",
  figures: "Voir les chiffres",
  noFigure: "Le graphique ne peut pas être affiché.",
  working: "Traitement en cours…",
  home: "Mes campagnes",
  resume: "Reprendre cette saisie",
  forget: "L'oublier",
  problems: (count) => (count === 1 ? "Un point est à corriger" : `${count} points sont à corriger`),
  found: (text) => `Saisie non enregistrée retrouvée${NB}: «${NB}${text}${NB}»`,
  noValue: (status) => `${status}${NB}: aucune valeur attendue.`,
  statusOf: (label) => `Statut de la donnée${NB}: ${label}`,
  step: (rank, count, label) => `Étape ${rank} sur ${count}${NB}: ${label}`,
  left: (count) => `${count} caractère${count > 1 ? "s" : ""} restant${count > 1 ? "s" : ""}`,
  error: `Erreur${NB}: `,
  warning: `À vérifier${NB}: `,
};
