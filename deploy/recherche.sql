-- Le compte PostgreSQL des chercheurs et chercheuses : il lit les sommes protégées, et rien d'autre.
--
-- À passer une fois, après la première ouverture de la base par l'application, avec le compte qui possède la base :
--     psql -v ON_ERROR_STOP=1 -d coorace -f deploy/recherche.sql
-- puis lui choisir un mot de passe, sans l'écrire dans un fichier ni dans l'historique des commandes :
--     psql -d coorace -c '\password coorace_recherche'
--
-- Le passer de nouveau ne change rien. Le compte qui le passe doit pouvoir créer un compte (CREATEROLE).

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coorace_recherche') THEN
        CREATE ROLE coorace_recherche LOGIN CONNECTION LIMIT 20;
    END IF;
END
$$;

-- Il lit seulement, et une requête trop longue s'arrête.
ALTER ROLE coorace_recherche SET default_transaction_read_only = on;
ALTER ROLE coorace_recherche SET statement_timeout = '60s';

-- Ce que PostgreSQL donne à tout le monde, et dont l'application n'a pas besoin : créer des objets, même provisoires.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO coorace_recherche', current_database());
END
$$;

-- Rien par défaut ; puis la vue, la fonction qu'elle lit, et le numéro de version de la base, que l'application
-- regarde pour dire clairement qu'elle n'est pas à jour.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, coorace_recherche;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, coorace_recherche;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, coorace_recherche;
GRANT USAGE ON SCHEMA public TO coorace_recherche;
GRANT SELECT ON research_network, coorace_eval_version TO coorace_recherche;
GRANT EXECUTE ON FUNCTION research_network_cells() TO coorace_recherche;

COMMIT;
