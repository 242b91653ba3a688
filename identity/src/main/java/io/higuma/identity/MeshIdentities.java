package io.higuma.identity;

import io.higuma.model.Labels;
import io.higuma.model.NameTemplate;
import io.higuma.model.Resource;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshIdentitySpec;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which MeshIdentity speaks for a proxy, and what its SPIFFE id is (contract 9.1).
public final class MeshIdentities {

    private static final List<String> VARIABLES = List.of("Mesh", "Zone", "Workload", "Namespace", "ServiceAccount");
    private static final String TRUST_DOMAIN = "{{ .Mesh }}.{{ .Zone }}.mesh.local";
    private static final String PATH = "/workload/{{ .Workload }}";
    private static final int LONGEST_PATH = 1024;
    /// What the SPIFFE id standard lets a trust domain and a path be (sections 2.1 and 2.2).
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9._-]{1,253}");

    private static final Pattern SEGMENTS = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");

    private MeshIdentities() {}

    /// A SPIFFE id and the trust domain it lies in.
    public record SpiffeId(String text, String trustDomain) {}

    /// The identity that selects a dataplane: most labels, then the name that sorts first. One
    /// without a selector selects nothing; one with an empty selector selects everything.
    ///
    /// @param identities of the dataplane's mesh
    public static Optional<Resource> select(Collection<Resource> identities, Labels dataplane) {
        return identities.stream()
                .filter(identity -> selector(identity)
                        .filter(selector -> dataplane.matches(selector.matchLabels()))
                        .isPresent())
                .min(Comparator.comparingInt((Resource identity) -> -selector(identity)
                                .map(s -> s.matchLabels().size())
                                .orElse(0))
                        .thenComparing(Resource::displayName)
                        .thenComparing(Resource::name));
    }

    private static Optional<LabelSelector> selector(Resource identity) {
        return identity.spec(MeshIdentitySpec.class).selector().flatMap(MeshIdentitySpec.Selector::dataplane);
    }

    /// The trust domain an identity gives: the same for all dataplanes unless its template uses their labels.
    ///
    /// @throws IllegalArgumentException with a sentence if the template cannot be rendered
    public static String trustDomain(Resource identity, String zone, Labels dataplane) {
        String domain = domainTemplate(identity).render(variables(identity.mesh(), zone, dataplane), dataplane);
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException("the trust domain of a SPIFFE id is \"" + domain
                    + "\", expected 1 to 253 lower-case letters, digits, dots, dashes and underscores");
        }
        return domain;
    }

    /// The SPIFFE id of a dataplane.
    ///
    /// @throws IllegalArgumentException with a sentence if a label is missing that a template uses,
    /// or what comes out is no SPIFFE id
    public static SpiffeId spiffeId(Resource identity, String zone, Labels dataplane) {
        String domain = trustDomain(identity, zone, dataplane);
        String path = pathTemplate(identity).render(variables(identity.mesh(), zone, dataplane), dataplane);
        return new SpiffeId("spiffe://" + domain + checked(path.startsWith("/") ? path : "/" + path), domain);
    }

    private static String checked(String path) {
        if (path.length() > LONGEST_PATH || !SEGMENTS.matcher(path).matches()) {
            throw new IllegalArgumentException("the path of a SPIFFE id is \"" + path + "\", expected up to "
                    + LONGEST_PATH + " letters, digits, dots, dashes and underscores between single slashes");
        }
        return path;
    }

    /// Whether any part of the id is made from the workload label, under either of its names, so
    /// that a token must be bound to it (contract 8.2).
    public static boolean dependsOnWorkload(Resource identity) {
        return Stream.of(pathTemplate(identity), domainTemplate(identity))
                .anyMatch(template -> template.uses("Workload") || template.usesLabel(Labels.WORKLOAD));
    }

    private static NameTemplate domainTemplate(Resource identity) {
        return NameTemplate.parse(
                identity.spec(MeshIdentitySpec.class)
                        .spiffeID()
                        .flatMap(MeshIdentitySpec.SpiffeId::trustDomain)
                        .orElse(TRUST_DOMAIN),
                VARIABLES);
    }

    private static NameTemplate pathTemplate(Resource identity) {
        return NameTemplate.parse(
                identity.spec(MeshIdentitySpec.class)
                        .spiffeID()
                        .flatMap(MeshIdentitySpec.SpiffeId::path)
                        .orElse(PATH),
                VARIABLES);
    }

    private static Map<String, String> variables(String mesh, String zone, Labels dataplane) {
        return Map.of(
                "Mesh", mesh,
                "Zone", zone,
                "Workload", dataplane.value(Labels.WORKLOAD).orElse(""),
                "Namespace", dataplane.value(Labels.NAMESPACE).orElse(""),
                "ServiceAccount", dataplane.value(Labels.SERVICE_ACCOUNT).orElse(""));
    }
}
