"""What the demo company has understood already: twenty-five known errors, and the tickets that have them (Spec T33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import KnownError, Product, ProductVersion
from cadran.core.stemming import stems_of
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket

if TYPE_CHECKING:
    from .world import World

#: So many of the newest tickets of a known error's product are tied to it.
_TIED = 4


class ErrorSeed(NamedTuple):
    code: str
    product: str
    title: str
    symptom: str
    workaround: str
    solution: str = ""
    versions: tuple[str, ...] = ()
    is_published: bool = False
    is_retired: bool = False


KNOWN_ERRORS = (
    ErrorSeed(
        "OB-5012", "ORV-BKP", "Volume arrêté par instantané plein",
        "<p>Le volume passe en lecture seule la nuit ; la sauvegarde s’arrête sur l’erreur <code>OB-5012</code>.</p>",
        "<ol><li>Supprimer le plus ancien instantané.</li><li>Remettre le volume en ligne et relancer.</li></ol>",
        "<p>Porter la réserve d’instantanés à 20 % du volume, puis appliquer la révision 3 de la 12.1.</p>",
        ("12.1 2",),
    ),
    ErrorSeed(
        "OB-4407", "ORV-BKP", "Sauvegarde ralentie après 12.1",
        "<p>La fenêtre de nuit ne suffit plus : la sauvegarde dure deux fois plus depuis la mise à jour.</p>",
        "<p>Désactiver la vérification à la volée et la planifier le dimanche.</p>",
        "<p>Corrigé par l’éditeur en 12.1 révision 3.</p>",
        ("12.1 2",),
    ),
    ErrorSeed(
        "OB-3120", "ORV-BKP", "Restauration refusée faute de droits sur le dossier cible",
        "<p>La restauration d’un fichier s’arrête aussitôt avec « accès refusé ».</p>",
        "<p>Restaurer dans un dossier temporaire, puis copier le fichier à sa place.</p>",
        "<p>Donner au compte de service le contrôle total du dossier cible.</p>",
        is_published=True,
    ),
    ErrorSeed(
        "OV-0105", "ORV-VAULT", "Copie distante interrompue par la limite de débit",
        "<p>La réplication vers le coffre s’arrête vers 2 h, sans reprise.</p>",
        "<p>Relancer la copie à la main : elle reprend où elle s’était arrêtée.</p>",
        "<p>Fixer la limite à 80 % de la ligne et autoriser la reprise automatique.</p>",
    ),
    ErrorSeed(
        "LT-0221", "LT-WMS", "LT-Spool perd son compte de service après mise à jour",
        "<p>Plus aucun bordereau ni étiquette ne s’imprime ; la file d’impression reste pleine.</p>",
        "<p>Redémarrer le service <code>LT-Spool</code> avec le compte <code>svc-ltspool</code>.</p>",
        "<p>Réinscrire le compte de service, puis cocher « conserver les comptes » avant la prochaine mise à jour.</p>",
        ("8.4 1", "8.4 2"), is_published=True,
    ),
    ErrorSeed(
        "LT-0307", "LT-WMS", "Écran de réception figé au-delà de 500 lignes",
        "<p>L’écran de réception ne répond plus si une commande compte plus de 500 lignes ; le curseur clignote.</p>",
        "<p>Fermer la session, puis réceptionner la commande en deux fois.</p>",
        "<p>Passer en 8.4 révision 2, qui charge les lignes par page.</p>",
        ("8.3", "8.4 1"), is_published=True,
    ),
    ErrorSeed(
        "LT-0342", "LT-WMS", "Stock négatif après double validation d’une expédition",
        "<p>Un article affiche un stock négatif ; l’expédition figure deux fois dans le journal.</p>",
        "<p>Annuler la seconde écriture dans <b>Stock</b>, <b>Régularisations</b>.</p>",
        "<p>Activer le verrou d’expédition dans les paramètres du dépôt.</p>",
    ),
    ErrorSeed(
        "LT-0188", "LT-WMS", "Lecteurs de codes-barres déconnectés au changement d’équipe",
        "<p>Les lecteurs perdent leur session à la relève ; il faut les relancer un par un.</p>",
        "<p>Remettre le lecteur sur son socle dix secondes : il se reconnecte.</p>",
        versions=("8.2",), is_retired=True,
    ),
    ErrorSeed(
        "CP-0118", "LT-COMPTA", "Écart d’arrondi dans l’état de TVA",
        "<p>Le total de la TVA diffère de quelques centimes du cumul des lignes.</p>",
        "<p>Passer l’écart au compte 658 et garder l’état détaillé.</p>",
        "<p>Corrigé dans la version 2026 : l’arrondi se fait par taux.</p>", ("2024", "2025"), is_published=True,
    ),
    ErrorSeed(
        "CP-0131", "LT-COMPTA", "Clôture bloquée par une écriture en brouillon",
        "<p>La clôture du mois s’arrête à 90 % sans message.</p>",
        "<p>Chercher les écritures en brouillon du mois, les valider ou les supprimer, puis relancer la clôture.</p>",
    ),
    ErrorSeed(
        "CP-0140", "LT-COMPTA", "Import bancaire refusé après changement de format",
        "<p>Le relevé de la banque n’est plus lu : « format inconnu ligne 1 ».</p>",
        "<p>Demander à la banque le relevé à l’ancien format.</p>",
        "<p>Installer le connecteur <code>camt.053</code>.</p>", ("2025",),
    ),
    ErrorSeed(
        "PA-0042", "LT-PAIE", "Bulletins en double après réouverture du mois",
        "<p>Chaque salarié reçoit deux bulletins ; le second porte un net différent.</p>",
        "<p>Supprimer les bulletins marqués « recalcul » avant l’envoi.</p>",
        "<p>Appliquer la version 12 révision 1.</p>", ("11 3",), is_published=True,
    ),
    ErrorSeed(
        "PA-0055", "LT-PAIE", "DSN rejetée pour un code établissement manquant",
        "<p>La déclaration revient rejetée ; le compte rendu cite la rubrique <code>S21.G00.11</code>.</p>",
        "<p>Compléter le code de l’établissement dans la fiche société et renvoyer la déclaration.</p>",
    ),
    ErrorSeed(
        "MX-0090", "MEDIX", "Carte de professionnel non lue après veille",
        "<p>Le poste sort de veille et ne voit plus la carte ; le dossier patient reste fermé.</p>",
        "<p>Débrancher le lecteur, attendre cinq secondes, le rebrancher.</p>",
        "<p>Interdire la mise en veille des ports USB par stratégie.</p>", ("5.0", "5.1 4"), is_published=True,
    ),
    ErrorSeed(
        "MX-0101", "MEDIX", "Ordonnance imprimée sans l’en-tête du cabinet",
        "<p>L’en-tête manque sur la première page quand le cabinet a deux sites.</p>",
        "<p>Choisir le site avant d’ouvrir l’ordonnance.</p>",
    ),
    ErrorSeed(
        "CA-0019", "CAISSO", "Caisse bloquée à l’ouverture par un ticket non clos",
        "<p>La caisse affiche « ticket en cours » et refuse l’ouverture de la journée.</p>",
        "<p>Clore le ticket de la veille depuis le poste du responsable.</p>",
        "<p>Activer la clôture automatique de minuit.</p>", ("3.7",), is_published=True,
    ),
    ErrorSeed(
        "VI-0210", "VIRTUO", "Machine virtuelle figée pendant la consolidation des disques",
        "<p>La machine ne répond plus après un instantané ; l’hyperviseur consolide ses disques.</p>",
        "<p>Ne pas redémarrer : attendre la fin de la consolidation, visible dans les tâches.</p>",
        "<p>Planifier les instantanés hors des heures de bureau.</p>",
    ),
    ErrorSeed(
        "NA-0033", "ALT-NAS", "Partage réseau invisible après la mise à jour 6.2",
        "<p>Le lecteur réseau a disparu des postes ; le serveur de fichiers répond pourtant.</p>",
        "<p>Ouvrir le partage par son adresse IP.</p>",
        "<p>Réactiver la découverte réseau dans les services du NAS.</p>", ("6.2",),
    ),
    ErrorSeed(
        "FW-0011", "VAL-FW", "Tunnel VPN coupé toutes les 8 heures",
        "<p>Le site distant perd la connexion VPN trois fois par jour, à heure fixe.</p>",
        "<p>Relancer le tunnel dans <b>VPN</b>, <b>État</b>.</p>",
        "<p>Aligner la durée de vie des clés des deux côtés, puis passer en 9.6.</p>", ("9.4",),
    ),
    ErrorSeed(
        "IM-0300", "IMP-MF70", "Numérisation vers dossier refusée (SMB)",
        "<p>L’imprimante affiche « connexion refusée » à l’envoi d’une numérisation vers le dossier partagé.</p>",
        "<p>Numériser vers la messagerie en attendant.</p>",
        "<p>Mettre à jour le micrologiciel et choisir SMB 3.</p>", is_published=True,
    ),
    ErrorSeed(
        "IM-0312", "IMP-L30", "Bourrage papier signalé alors que le bac est vide",
        "<p>L’imprimante signale un bourrage, aucun papier n’est coincé.</p>",
        "<p>Éteindre, ouvrir le capot arrière, refermer, rallumer.</p>",
        "<p>Remplacer le capteur du bac 1.</p>", is_published=True,
    ),
    ErrorSeed(
        "ME-0007", "MSG-H", "Messages en attente vers un destinataire externe",
        "<p>Les messages restent dans la boîte d’envoi ; les échanges internes fonctionnent.</p>",
        "<p>Renvoyer depuis l’accès Web de la messagerie.</p>",
        "<p>Compléter l’enregistrement SPF du domaine.</p>",
    ),
    ErrorSeed(
        "ME-0012", "MSG-AS", "Messages légitimes retenus par l’antispam",
        "<p>Un client signale des messages jamais reçus ; ils sont en quarantaine.</p>",
        "<p>Libérer le message de la quarantaine et ajouter l’expéditeur aux contacts sûrs.</p>",
        is_published=True,
    ),
    ErrorSeed(
        "TL-0007", "TEL-IPBX", "Standard muet après coupure de courant",
        "<p>Les appels entrants ne sonnent plus ; les postes affichent « enregistrement en cours ».</p>",
        "<p>Redémarrer d’abord le commutateur, puis le standard.</p>",
        "<p>Mettre le commutateur sur l’onduleur du standard.</p>",
    ),
    ErrorSeed(
        "TL-0015", "TEL-FIX", "Poste sans tonalité après déplacement",
        "<p>Le poste s’allume mais n’a pas de tonalité dans le nouveau bureau.</p>",
        "<p>Le brancher sur une prise marquée en bleu.</p>",
        "<p>Ouvrir le réseau de la voix sur le port du commutateur.</p>",
    ),
)  # fmt: skip


def save_known_errors(products: Mapping[str, Product], at: datetime) -> None:
    """Write down what is understood, with the versions concerned."""
    versions: dict[tuple[int, str], ProductVersion] = {
        (row.product_id, f"{row.version} {row.revision}".strip()): row for row in ProductVersion.objects.all()
    }
    for seed in KNOWN_ERRORS:
        product = products[seed.product]
        details = KnownErrorDetails(
            title=seed.title,
            product=product,
            code=seed.code,
            versions=[versions[product.pk, name] for name in seed.versions],
            symptom=seed.symptom,
            workaround=seed.workaround,
            solution=seed.solution,
            is_published=seed.is_published,
            is_retired=seed.is_retired,
        )
        save_known_error(known_error=None, details=details, by=None, at=at)


def tie_tickets(world: World, now: datetime) -> None:
    """Give known errors to the last tickets on their product whose titles share two words with theirs."""
    for error in KnownError.objects.filter(is_retired=False).order_by("code"):
        rows = Ticket.objects.filter(
            product=error.product_id, known_error=None, merged_into=None
        ).select_related("assignee__user")
        wanted = set(stems_of(error.title))
        alike = [
            row for row in rows.order_by("-pk")[:80] if len(wanted.intersection(stems_of(row.title))) > 1
        ]
        for ticket in alike[:_TIED]:
            edit_ticket(
                ticket=ticket,
                changes={"known_error": error},
                base={"known_error": None},
                by=(ticket.assignee or world.managers[ticket.team_id]).user,
                at=min(now, ticket.entered_at + timedelta(minutes=20)),
            )
