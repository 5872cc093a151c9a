"""Who works at the demo company, for whom, and on what. All of it is invented."""

from __future__ import annotations

from typing import NamedTuple

COMPANY = "Novalys Infogérance"


class AgentSeed(NamedTuple):
    first_name: str
    last_name: str
    function: str
    team: str
    profile: str = "support-agent"


class TeamSeed(NamedTuple):
    code: str
    name_fr: str
    name_en: str
    public_name: str


TEAMS = (
    TeamSeed("support-rhone", "Support Rhône", "Rhône support", "Support Novalys"),
    TeamSeed("support-paris", "Support Île-de-France", "Paris area support", "Support Novalys"),
    TeamSeed("systems", "Systèmes et réseaux", "Systems and networks", "Équipe systèmes"),
    TeamSeed("applications", "Applications métier", "Business applications", "Équipe applications"),
    TeamSeed("field", "Interventions sur site", "On-site work", "Techniciens sur site"),
)

AGENTS = (
    AgentSeed("Nadia", "Roussel", "Responsable du support Rhône", "support-rhone", "team-manager"),
    AgentSeed("Élodie", "Marchand", "Technicienne support", "support-rhone"),
    AgentSeed("Karim", "Benali", "Technicien support", "support-rhone"),
    AgentSeed("Thomas", "Lefèvre", "Technicien support", "support-rhone"),
    AgentSeed("Inès", "Carpentier", "Téléconseillère", "support-rhone"),
    AgentSeed("Hugo", "Bertin", "Téléconseiller", "support-rhone"),
    AgentSeed("Philippe", "Garnier", "Responsable du support Île-de-France", "support-paris", "team-manager"),
    AgentSeed("Camille", "Aubry", "Technicienne support", "support-paris"),
    AgentSeed("Yann", "Le Goff", "Technicien support", "support-paris"),
    AgentSeed("Sarah", "Cohen", "Téléconseillère", "support-paris"),
    AgentSeed("Mathieu", "Perrot", "Technicien support", "support-paris"),
    AgentSeed("Sophie", "Delmas", "Responsable systèmes et réseaux", "systems", "team-manager"),
    AgentSeed("Antoine", "Rivière", "Ingénieur systèmes", "systems"),
    AgentSeed("Léa", "Fournier", "Ingénieure réseaux", "systems"),
    AgentSeed("Omar", "Haddad", "Ingénieur sauvegarde", "systems"),
    AgentSeed("James", "Whitfield", "Systems engineer", "systems"),
    AgentSeed("Claire", "Montfort", "Responsable applications", "applications", "team-manager"),
    AgentSeed("Romain", "Girard", "Consultant applicatif", "applications"),
    AgentSeed("Aurélie", "Tessier", "Consultante applicative", "applications"),
    AgentSeed("Bastien", "Morel", "Développeur", "applications"),
    AgentSeed("Julien", "Prévost", "Responsable des techniciens sur site", "field", "team-manager"),
    AgentSeed("Maxime", "Collet", "Technicien itinérant", "field"),
    AgentSeed("Fanny", "Barbier", "Technicienne itinérante", "field"),
    AgentSeed("Isabelle", "Vasseur", "Responsable des contrats", "support-rhone", "contract-manager"),
    AgentSeed("Marc", "Chevalier", "Directeur informatique", "systems", "administrator"),
)


class CustomerSeed(NamedTuple):
    name: str
    domain: str
    sites: tuple[tuple[str, str, str, str], ...]
    contacts: tuple[tuple[str, str, str], ...]
    language: str = "fr"
    team: str = "support-rhone"


CUSTOMERS = (
    CustomerSeed(
        "Transports Delaunay",
        "delaunay.example",
        (
            ("Siège de Villefranche", "120 route de Frans", "69400", "Villefranche-sur-Saône"),
            ("Entrepôt de Mâcon", "8 rue du Port fluvial", "71000", "Mâcon"),
        ),
        (
            ("Claire", "Fontaine", "Responsable exploitation"),
            ("Patrick", "Rey", "Chef de quai"),
            ("Denis", "Delaunay", "Gérant"),
        ),
    ),
    CustomerSeed(
        "Clinique Saint-Aubin",
        "saint-aubin.example",
        (
            ("Lyon 8e, bâtiment A", "14 rue Maryse-Bastié", "69008", "Lyon"),
            ("Lyon 8e, bâtiment B", "16 rue Maryse-Bastié", "69008", "Lyon"),
        ),
        (
            ("Hélène", "Vidal", "Cadre de santé"),
            ("Olivier", "Masson", "Responsable informatique"),
            ("Agnès", "Roche", "Accueil"),
        ),
    ),
    CustomerSeed(
        "Moreau & Associés",
        "moreau-associes.example",
        (
            ("Cabinet de Lyon", "3 place Bellecour", "69002", "Lyon"),
            ("Cabinet de Gap", "22 rue Carnot", "05000", "Gap"),
        ),
        (("Vincent", "Moreau", "Associé"), ("Laure", "Petit", "Assistante de direction")),
    ),
    CustomerSeed(
        "Fromageries Berthier",
        "berthier.example",
        (
            ("Laiterie de Nantua", "Zone des Échelles", "01130", "Nantua"),
            ("Affinage", "2 chemin des Caves", "01100", "Oyonnax"),
        ),
        (
            ("Michel", "Berthier", "Directeur"),
            ("Sandrine", "Poncet", "Qualité"),
            ("Luc", "Jacquet", "Maintenance"),
        ),
    ),
    CustomerSeed(
        "Mairie de Tassin",
        "mairie-tassin.example",
        (
            ("Hôtel de ville", "Place Péragut", "69160", "Tassin-la-Demi-Lune"),
            ("Médiathèque", "Rue de la Libération", "69160", "Tassin-la-Demi-Lune"),
        ),
        (
            ("Nicole", "Brun", "Directrice générale des services"),
            ("Éric", "Chabert", "Correspondant informatique"),
        ),
    ),
    CustomerSeed(
        "Pharmacie des Halles",
        "pharmacie-halles.example",
        (("Officine", "102 cours La Fayette", "69003", "Lyon"),),
        (("Anne", "Lambert", "Pharmacienne titulaire"), ("Julie", "Noël", "Préparatrice")),
    ),
    CustomerSeed(
        "Lycée Jean-Perrin",
        "lycee-perrin.example",
        (("Établissement", "48 rue Pierre-Baizet", "69009", "Lyon"),),
        (("Gérard", "Simon", "Intendant"), ("Fatima", "Zaoui", "Documentaliste")),
    ),
    CustomerSeed(
        "Imprimerie Garnier",
        "imprimerie-garnier.example",
        (("Atelier", "5 rue de l’Industrie", "69680", "Chassieu"),),
        (("Paul", "Garnier", "Gérant"), ("Mélanie", "Roux", "Prépresse")),
    ),
    CustomerSeed(
        "Hôtel Beaurivage",
        "beaurivage.example",
        (("Hôtel", "30 quai du Lac", "74000", "Annecy"),),
        (("Céline", "Dupraz", "Directrice"), ("Kevin", "Blanc", "Réception")),
    ),
    CustomerSeed(
        "Groupe Ardent BTP",
        "ardent-btp.example",
        (
            ("Siège de Saint-Priest", "60 rue du Dauphiné", "69800", "Saint-Priest"),
            ("Agence de Grenoble", "9 avenue de l’Europe", "38000", "Grenoble"),
            ("Agence de Valence", "41 rue des Alpes", "26000", "Valence"),
        ),
        (
            ("Bruno", "Ardent", "Président"),
            ("Stéphanie", "Mercier", "Responsable administrative"),
            ("Alain", "Faure", "Conducteur de travaux"),
        ),
    ),
    CustomerSeed(
        "Ardent Location",
        "ardent-location.example",
        (("Parc matériel", "62 rue du Dauphiné", "69800", "Saint-Priest"),),
        (("Joël", "Perez", "Responsable de parc"),),
    ),
    CustomerSeed(
        "Cabinet dentaire Villard",
        "villard-dentaire.example",
        (("Cabinet", "11 rue de la République", "42000", "Saint-Étienne"),),
        (("Dominique", "Villard", "Chirurgien-dentiste"),),
    ),
    CustomerSeed(
        "Coopérative des Monts du Forez",
        "coop-forez.example",
        (
            ("Siège", "Route de Montbrison", "42600", "Savigneux"),
            ("Magasin de Feurs", "12 rue de Verdun", "42110", "Feurs"),
        ),
        (("Raymond", "Chazal", "Directeur"), ("Lucie", "Giraud", "Comptable")),
    ),
    CustomerSeed(
        "Textiles Vernay",
        "textiles-vernay.example",
        (("Usine", "1 rue des Tisseurs", "38300", "Bourgoin-Jallieu"),),
        (("Françoise", "Vernay", "Directrice industrielle"), ("Samir", "Kaci", "Responsable production")),
    ),
    CustomerSeed(
        "Notaires du Parc",
        "notaires-parc.example",
        (("Étude", "85 boulevard des Belges", "69006", "Lyon"),),
        (("Catherine", "Lenoir", "Notaire"), ("Guillaume", "Arnaud", "Clerc")),
    ),
    CustomerSeed(
        "Association Les Tilleuls",
        "lestilleuls.example",
        (("Maison de retraite", "7 allée des Tilleuls", "69130", "Écully"),),
        (("Martine", "Colin", "Directrice"), ("Rachid", "Meziane", "Agent d’entretien")),
    ),
    CustomerSeed(
        "Mécanique de précision Jourdan",
        "jourdan-meca.example",
        (("Atelier", "14 rue des Frères-Lumière", "74300", "Cluses"),),
        (("Robert", "Jourdan", "Gérant"), ("Élise", "Tournier", "Méthodes")),
    ),
    CustomerSeed(
        "Alpes Énergie Services",
        "alpes-energie.example",
        (
            ("Siège", "3 rue Ampère", "38130", "Échirolles"),
            ("Dépôt de Chambéry", "90 rue de Bolliet", "73000", "Chambéry"),
        ),
        (("Damien", "Rolland", "Responsable SI"), ("Pauline", "Gros", "Exploitation")),
    ),
    CustomerSeed(
        "Éditions du Confluent",
        "confluent.example",
        (("Bureaux", "25 quai Rambaud", "69002", "Lyon"),),
        (("Judith", "Weiss", "Éditrice"), ("Marin", "Leclerc", "Fabrication")),
    ),
    CustomerSeed(
        "Vignobles Charvin",
        "charvin.example",
        (("Domaine", "Le Bourg", "69460", "Odenas"),),
        (("Bernard", "Charvin", "Exploitant"),),
    ),
    CustomerSeed(
        "Banque coopérative du Vexin",
        "bc-vexin.example",
        (
            ("Direction", "18 rue de l’Hôtel-de-Ville", "95300", "Pontoise"),
            ("Agence de Cergy", "4 place des Arts", "95000", "Cergy"),
        ),
        (
            ("Hervé", "Langlois", "Responsable production"),
            ("Sylvie", "Maréchal", "Chargée de clientèle"),
            ("Nathan", "Dubois", "Poste central"),
        ),
        team="support-paris",
    ),
    CustomerSeed(
        "Théâtre de la Boussole",
        "boussole.example",
        (("Théâtre", "29 rue de la Boussole", "75011", "Paris"),),
        (("Marianne", "Keller", "Administratrice"), ("Tom", "Ferrand", "Régie")),
        team="support-paris",
    ),
    CustomerSeed(
        "Laboratoires Orsène",
        "orsene.example",
        (
            ("Laboratoire d’Évry", "6 rue Pasteur", "91000", "Évry-Courcouronnes"),
            ("Usine de Dreux", "Zone Nord", "28100", "Dreux"),
        ),
        (
            ("Valérie", "Humbert", "Directrice des systèmes d’information"),
            ("Cédric", "Picard", "Administrateur"),
            ("Amina", "Diallo", "Laborantine"),
        ),
        team="support-paris",
    ),
    CustomerSeed(
        "Agence Lumen",
        "agence-lumen.example",
        (("Studio", "77 rue de Charonne", "75011", "Paris"),),
        (("Victor", "Salomé", "Directeur artistique"), ("Nina", "Bouvier", "Production")),
        team="support-paris",
    ),
    CustomerSeed(
        "Assurances Mutuelles de l’Oise",
        "amo.example",
        (("Siège", "2 boulevard du Général-de-Gaulle", "60000", "Beauvais"),),
        (("Xavier", "Prudhomme", "Responsable informatique"), ("Delphine", "Hamel", "Gestion des sinistres")),
        team="support-paris",
    ),
    CustomerSeed(
        "Boulangeries Pétrin & Cie",
        "petrin.example",
        (
            ("Fournil central", "16 rue des Moulins", "93200", "Saint-Denis"),
            ("Boutique Montreuil", "5 rue de Paris", "93100", "Montreuil"),
        ),
        (("Ludovic", "Pain", "Gérant"), ("Awa", "Traoré", "Responsable boutiques")),
        team="support-paris",
    ),
    CustomerSeed(
        "Cabinet d’architectes Voûte",
        "voute.example",
        (("Agence", "10 passage du Chantier", "75012", "Paris"),),
        (("Irène", "Castel", "Architecte"), ("Simon", "Brault", "Dessinateur")),
        team="support-paris",
    ),
    CustomerSeed(
        "Crèches Pomme de Reinette",
        "pomme-reinette.example",
        (("Siège", "33 avenue Jean-Jaurès", "92120", "Montrouge"),),
        (("Gaëlle", "Tanguy", "Coordinatrice"),),
        team="support-paris",
    ),
    CustomerSeed(
        "Logistique Val-de-Seine",
        "lvs.example",
        (
            ("Plateforme", "Quai n° 4", "78520", "Limay"),
            ("Bureau de Rouen", "51 quai de Boisguilbert", "76000", "Rouen"),
        ),
        (
            ("Fabrice", "Lemoine", "Directeur de site"),
            ("Christelle", "Guérin", "Affrètement"),
            ("Mourad", "Slimani", "Cariste chef"),
        ),
        team="support-paris",
    ),
    CustomerSeed(
        "Université de Marne-Nord",
        "univ-marne-nord.example",
        (("Campus", "1 allée des Sciences", "77420", "Champs-sur-Marne"),),
        (("Bénédicte", "Royer", "Scolarité"), ("Loïc", "Maillard", "Service informatique")),
        team="support-paris",
    ),
    CustomerSeed(
        "Northgate Freight Ltd",
        "northgate.example",
        (
            ("Dover office", "12 Marine Parade", "CT16 1LW", "Dover"),
            ("Calais depot", "Rue des Garennes", "62100", "Calais"),
        ),
        (
            ("Margaret", "Ellis", "Operations manager"),
            ("Daniel", "Hughes", "IT coordinator"),
            ("Priya", "Nair", "Customs clerk"),
        ),
        language="en",
        team="systems",
    ),
    CustomerSeed(
        "Hartwell Instruments",
        "hartwell.example",
        (("Lyon lab", "20 avenue Tony-Garnier", "69007", "Lyon"),),
        (("Rebecca", "Stone", "Lab director"), ("Owen", "Price", "Engineer")),
        language="en",
        team="systems",
    ),
    CustomerSeed(
        "Lakeside School",
        "lakeside.example",
        (("Campus", "4 chemin des Écoliers", "74290", "Veyrier-du-Lac"),),
        (("Emma", "Collins", "Bursar"), ("George", "Bennett", "Teacher")),
        language="en",
        team="systems",
    ),
    CustomerSeed(
        "Verrerie de la Loue",
        "verrerie-loue.example",
        (("Verrerie", "Le Moulin Neuf", "25440", "Quingey"),),
        (("Étienne", "Maillot", "Chef d’atelier"), ("Corinne", "Sage", "Achats")),
        team="applications",
    ),
    CustomerSeed(
        "Scierie du Haut-Doubs",
        "scierie-hd.example",
        (("Scierie", "Route de Morteau", "25300", "Pontarlier"),),
        (("Gilles", "Pourchet", "Gérant"),),
        team="applications",
    ),
    CustomerSeed(
        "Plastiques Rhodaniens",
        "plastiques-rhodaniens.example",
        (
            ("Usine d’Oyonnax", "27 rue Brunet", "01100", "Oyonnax"),
            ("Dépôt de Vienne", "6 rue du Port", "38200", "Vienne"),
        ),
        (("Hassan", "Belkacem", "Directeur d’usine"), ("Virginie", "Paquet", "Ordonnancement")),
        team="applications",
    ),
    CustomerSeed(
        "Strasbourg Habitat",
        "strasbourg-habitat.example",
        (("Siège", "24 route de l’Hôpital", "67000", "Strasbourg"),),
        (("Anne-Marie", "Schmitt", "Responsable informatique"), ("Jean-Luc", "Muller", "Gérance")),
        team="systems",
    ),
    CustomerSeed(
        "Caves du Rempart",
        "caves-rempart.example",
        (("Caves", "3 rue du Rempart", "68000", "Colmar"),),
        (("Christiane", "Wolff", "Gérante"),),
        team="systems",
    ),
    CustomerSeed(
        "Garage des Trois Cols",
        "trois-cols.example",
        (("Garage", "Avenue du Vercors", "38250", "Villard-de-Lans"),),
        (("Rémi", "Achard", "Gérant"),),
    ),
    CustomerSeed(
        "Fleurs de Provence",
        "fleurs-provence.example",
        (("Entrepôt", "Marché d’intérêt national", "84000", "Avignon"),),
        (("Magali", "Reynaud", "Responsable expéditions"),),
    ),
)
