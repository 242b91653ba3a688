package io.higuma.identity;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;

/// The certificate of the control plane's own servers, made at first start: signed by itself, EC
/// P-256, and marked as a CA so that clients can be given it as the CA to trust.
///
/// @param certificate PEM
/// @param key PEM
public record ServerCertificate(String certificate, String key) {

    private static final Duration LIFETIME = Duration.ofDays(3650);
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    /// @param hosts names and IP addresses under which the servers are called
    public static ServerCertificate selfSigned(Collection<String> hosts, Instant now, SecureRandom random) {
        KeyPair pair = Keys.ec(random);
        List<GeneralName> names = new ArrayList<>();
        for (String host : hosts) {
            int kind = ADDRESS.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName;
            names.add(new GeneralName(kind, host));
        }
        X500Principal name = new X500Principal("O=Higuma, CN=control-plane");
        X509Certificate certificate = Certificates.sign(
                new Certificates.Content(
                        name,
                        pair.getPublic(),
                        now.minus(SKEW),
                        now.plus(LIFETIME),
                        names,
                        true,
                        KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                new Certificates.Issuer(name, pair.getPublic(), pair.getPrivate()),
                random);
        return new ServerCertificate(Pem.certificate(certificate), Pem.privateKey(pair.getPrivate()));
    }

    /// Reads a certificate, with its chain, and its key.
    ///
    /// @throws IllegalArgumentException with a sentence if one cannot be read, or they do not belong together
    public static ServerCertificate of(String certificate, String key) {
        if (!Keys.belongTogether(Pem.certificates(certificate).getFirst(), Pem.privateKey(key))) {
            throw new IllegalArgumentException("the key is not the one of the certificate");
        }
        return new ServerCertificate(certificate, key);
    }

    /// Why nobody who looks at the certificate's dates will accept it now; empty if they will.
    public Optional<String> untimely(Instant now) {
        X509Certificate leaf = Pem.certificates(certificate).getFirst();
        Instant begin = leaf.getNotBefore().toInstant();
        Instant end = leaf.getNotAfter().toInstant();
        if (now.isBefore(begin)) {
            return Optional.of("it is not valid before " + begin + ", and the clock of this host says "
                    + now.truncatedTo(ChronoUnit.SECONDS));
        }
        return now.isAfter(end) ? Optional.of("it is expired since " + end) : Optional.empty();
    }

    @Override
    public String toString() {
        return "[redacted]";
    }
}
