<?php
/**
 * Tokens for the people of your site, in PHP 8 with its own OpenSSL. Run as a program, it prints one:
 *   PLAYHEAD_SIGNING_KEY=key.pem php playhead_tokens.php USER_ID TENANT [ROLE…]        and with --keys, the public key set
 */

declare(strict_types=1);

const PLAYHEAD_TOKEN_MINUTES = 15;

function playhead_encoded(string $bytes): string
{
    return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
}

function playhead_public_key(string $pem): array
{
    $rsa = openssl_pkey_get_details(openssl_pkey_get_private($pem))['rsa'];
    $n = playhead_encoded($rsa['n']);
    $kid = substr(playhead_encoded(hash('sha256', $n, true)), 0, 16);
    return ['kty' => 'RSA', 'n' => $n, 'e' => playhead_encoded($rsa['e']), 'kid' => $kid, 'alg' => 'RS256', 'use' => 'sig'];
}

/** What you serve at the address that PLAYHEAD_TOKEN_JWKS_URL names. */
function playhead_key_set(string $pem): array
{
    return ['keys' => [playhead_public_key($pem)]];
}

/** A token of the person whom your session names: never of an id that the request names. */
function playhead_token_for(string $pem, string $user, string $tenant, array $roles = []): string
{
    $header = ['alg' => 'RS256', 'typ' => 'JWT', 'kid' => playhead_public_key($pem)['kid']];
    $now = time();
    $claims = ['iss' => 'playhead', 'aud' => 'playhead', 'sub' => $user, 'tenant' => $tenant, 'roles' => $roles];
    $claims += ['iat' => $now, 'exp' => $now + PLAYHEAD_TOKEN_MINUTES * 60];
    $text = playhead_encoded(json_encode($header)) . '.' . playhead_encoded(json_encode($claims));
    openssl_sign($text, $signature, $pem, OPENSSL_ALGO_SHA256);
    return $text . '.' . playhead_encoded($signature);
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    $pem = file_get_contents(getenv('PLAYHEAD_SIGNING_KEY'));
    echo $argv[1] === '--keys'
        ? json_encode(playhead_key_set($pem))
        : playhead_token_for($pem, $argv[1], $argv[2], array_slice($argv, 3)), "\n";
}
